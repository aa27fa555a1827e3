"""The rules of CONTRIBUTING.md about rooms: which files a service has, and what may stand in each of them."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from statistics import median
from string import Formatter
from textwrap import dedent

import pytest

from arende.registry import NAMES
from shared.errors import InternalError, ServiceError, Unavailable
from shared.events import TYPES, load_all

load_all()

ROOT = Path(__file__).parent.parent
SERVICES = ROOT / "services"
# `dependencies` needs FastAPI, so it is apart from the settings, which a worker loads too.
TOP = {"__init__", "main", "settings", "dependencies", "handlers", "jobs", "tables"}
LAYERS = {"routes", "schemas", "commands", "queries", "handlers", "jobs", "tables", "errors"}
CLOCK_READERS = {"routes", "handlers", "jobs"}


def modules(stem: str | None = None) -> list[Path]:
    """All modules in the services' rooms, or those of one name."""
    found = [file for name in NAMES for file in (SERVICES / name).glob("*/*.py")]
    rooms = [file for file in found if file.parent.name != "migrations" and file.stem != "__init__"]
    return sorted(file for file in rooms if stem in (None, file.stem))


def named(file: Path) -> str:
    return str(file.relative_to(SERVICES))


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(file: Path) -> set[str]:
    """The modules that a file imports, and the names it imports from them, dotted."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
    return names


def called(tree: ast.AST) -> set[str]:
    """The plain names that are called somewhere in the tree."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {call.id for call in calls if isinstance(call, ast.Name)}


@pytest.mark.parametrize("service", NAMES)
def test_a_service_only_gathers_its_rooms_at_the_top(service: str) -> None:
    assert {file.stem for file in (SERVICES / service).glob("*.py")} <= TOP
    inner = [folder for folder in (SERVICES / service).glob("*/*/") if any(folder.glob("*.py"))]
    assert [folder.name for folder in inner if folder.parent.name != "migrations"] == []
    assert len((SERVICES / service / "main.py").read_text().splitlines()) <= 70


@pytest.mark.parametrize("file", modules(), ids=named)
def test_no_module_hides_behind_a_gerund(file: Path) -> None:
    """`sending.py` does not say whether it holds commands or queries. A room may be called `sending`."""
    assert not file.stem.endswith("ing")


@pytest.mark.parametrize("file", modules("commands") + modules("queries") + modules("tables"), ids=named)
def test_what_changes_or_reads_state_knows_no_http(file: Path) -> None:
    names = imported(file)
    assert [name for name in names if name.split(".")[0] in ("fastapi", "starlette")] == []
    assert [name for name in names if name.startswith("shared.http")] == []
    assert [name for name in names if "schemas" in name.split(".")] == []


@pytest.mark.parametrize("file", modules(), ids=named)
def test_every_select_is_a_query(file: Path) -> None:
    if file.stem != "queries":
        assert "sqlalchemy.select" not in imported(file)


@pytest.mark.parametrize("file", modules(), ids=named)
def test_only_routes_handlers_and_jobs_read_the_clock(file: Path) -> None:
    if file.stem not in CLOCK_READERS:
        assert "utcnow" not in called(ast.parse(file.read_text()))


@pytest.mark.parametrize("file", modules("routes"), ids=named)
def test_a_route_makes_one_call(file: Path) -> None:
    busy = [
        node.name
        for node in functions(file)
        if node.decorator_list and sum(isinstance(each, ast.Await) for each in ast.walk(node)) > 1
    ]
    assert busy == []


@pytest.mark.parametrize("file", modules("commands"), ids=named)
def test_a_command_takes_the_session_and_then_only_names(file: Path) -> None:
    wrong = [
        node.name
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and node.args.args[:1]
        and (node.args.args[0].arg not in ("session", "database") or len(node.args.args) > 1)
    ]
    assert wrong == []


@pytest.mark.parametrize("file", modules(), ids=named)
def test_ids_are_made_in_one_place(file: Path) -> None:
    assert not {name for name in imported(file) if name in ("uuid.uuid4", "uuid.uuid1", "uuid_utils")}


def constant(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant)


@pytest.mark.parametrize("file", modules("errors"), ids=named)
def test_codes_of_refusals_are_literals(file: Path) -> None:
    values = [
        node.value
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("status", "code")
    ]
    assert all(map(constant, values))


@pytest.mark.parametrize("file", modules("handlers"), ids=named)
def test_queues_are_literals(file: Path) -> None:
    queues = [
        keyword.value
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "queue"
    ]
    assert all(map(constant, queues))


@pytest.mark.parametrize("name", sorted(TYPES))
def test_types_of_events_are_literals(name: str) -> None:
    kind = TYPES[name]
    (own,) = [
        node
        for node in ast.parse(dedent(inspect.getsource(kind))).body[0].body  # type: ignore[attr-defined]
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "type"
    ]
    assert constant(own.value)


def refusals() -> list[type[ServiceError]]:
    for file in modules("errors"):
        import_module(f"services.{file.parent.parent.name}.{file.parent.name}.errors")
    found, waiting = [], [ServiceError]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += [kind for kind in below if kind.__module__.startswith(("services.", "shared."))]
        waiting += below
    return sorted(set(found), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.__name__)
def test_a_refusal_says_the_same_in_both_languages(kind: type[ServiceError]) -> None:
    # Those that say that the service itself fails.
    assert 400 <= kind.status < 500 or issubclass(kind, InternalError | Unavailable)
    assert kind.en != kind.sv
    facts = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (kind.en, kind.sv)]
    assert facts[0] == facts[1]


def test_files_and_functions_stay_small() -> None:
    files = [file for folder in ("shared", "services", "arende") for file in (ROOT / folder).rglob("*.py")]
    written = [file for file in files if "versions" not in file.parts and file.read_text().strip()]
    lengths = [len(file.read_text().splitlines()) for file in written]
    bodies = [(node.end_lineno or 0) - node.lineno + 1 for file in written for node in functions(file)]
    assert median(lengths) <= 65
    assert median(bodies) <= 7
