"""The rules of CONTRIBUTING.md that no linter checks."""

import ast
import asyncio
import inspect
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import alembic.command
import asyncpg
import pytest
from sqlalchemy import make_url

from arende.databases import Databases
from arende.registry import NAMES, SERVICES
from shared.bus.handlers import Reaction
from shared.database import migrations
from shared.events import TYPES, Event
from shared.surface import OWNERS, owner_of
from tests.contracts.openapi import NOWHERE

ROOT = Path(__file__).parent.parent
LARGEST_FILE, LARGEST_FUNCTION = 300, 40


def sources(*folders: str) -> list[Path]:
    found = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return sorted(file for file in found if "versions" not in file.parts)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize(
    "file", sources("shared", "services", "arende", "tests"), ids=lambda file: str(file.relative_to(ROOT))
)
def test_files_and_functions_are_small(file: Path) -> None:
    text = file.read_text()
    assert len(text.splitlines()) <= LARGEST_FILE
    if ROOT / "tests" in file.parents:
        return
    long = [
        node.name
        for node in functions(ast.parse(text))
        if (node.end_lineno or 0) - node.lineno + 1 > LARGEST_FUNCTION
    ]
    assert long == []


def places(pattern: str, *folders: str) -> set[str]:
    expression = re.compile(pattern)
    return {str(file.relative_to(ROOT)) for file in sources(*folders) if expression.search(file.read_text())}


def test_only_the_database_module_commits() -> None:
    assert places(r"\.commit\(", "shared", "services", "arende") == {
        "shared/database/engine.py",
        "shared/database/migrations.py",
    }


def test_only_the_broker_modules_import_its_client() -> None:
    assert places(r"\b(import|from) aio_pika\b", "shared", "services", "arende") == {
        "shared/bus/declaration.py",
        "shared/bus/rabbitmq.py",
    }
    assert places(r"\b(import|from) (aiormq|pamqp)\b", "shared", "services", "arende") == {
        "shared/bus/declaration.py",
        "shared/bus/frames.py",
        "shared/bus/rabbitmq.py",
        "shared/bus/topology.py",
    }


def test_only_the_outbox_writes_to_the_outbox() -> None:
    assert places(r"insert\(outbox\)|insert into outbox", "shared", "services", "arende") == {
        "shared/bus/outbox.py"
    }


def test_no_http_exceptions_in_services() -> None:
    assert places(r"HTTPException", "services") == set()


def test_a_flush_says_why() -> None:
    silent = []
    for file in sources("services"):
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            if "session.flush()" in line and "#" not in lines[number - 1] + line:
                silent.append(f"{file.relative_to(ROOT)}:{number + 1}")
    assert silent == []


@pytest.mark.parametrize("name", ["utils", "helpers", "manager", "base", "common", "misc"])
def test_no_file_is_named_after_nothing(name: str) -> None:
    assert [file for file in sources("shared", "services", "arende") if file.stem == name] == []


def reactions() -> list[Reaction]:
    return [reaction for service in SERVICES.values() for reaction in service.handlers.reactions.values()]


@pytest.mark.parametrize("reaction", reactions(), ids=lambda reaction: reaction.queue)
def test_reactions_are_named_by_their_effect_and_typed_by_their_events(reaction: Reaction) -> None:
    assert re.fullmatch(
        r"(identity|invitations|cases|billing|notifications)\.[a-z]+(-[a-z]+)*", reaction.queue
    )
    hints = typing.get_type_hints(reaction.call)
    first = hints[next(iter(inspect.signature(reaction.call).parameters))]
    if reaction.batch:
        (first,) = typing.get_args(first)
    assert accepted_by(first) >= set(reaction.events)


def accepted_by(hint: Any) -> set[type[Event]]:
    """The event classes that a parameter of this type accepts."""
    named = typing.get_args(hint) or (hint,)
    return {kind for kind in TYPES.values() if issubclass(kind, named)}


def test_every_route_has_its_owner_in_the_surface() -> None:
    used = set()
    for name, service in SERVICES.items():
        for path in routes_of(service):
            assert owner_of(path) == name, f"{path}: name its owner in shared/surface.py"
            used.add(path.split("/")[2] if path.startswith("/v1/") else "")
    assert used - {""} == set(OWNERS)


def routes_of(service: Any) -> list[str]:
    return list(service.api(service.settings(**NOWHERE)).openapi()["paths"])


@pytest.mark.parametrize("service", NAMES)
def test_migrations_arrive_at_the_tables(service: str, databases: Databases) -> None:
    alembic.command.check(migrations.config_for(service, databases.url(service, "owner")))


@pytest.mark.parametrize("service", NAMES)
def test_every_tenant_table_has_its_wall(service: str, databases: Databases) -> None:
    async def open_tables() -> list[str]:
        url = make_url(databases.url(service, "owner")).set(drivername="postgresql")
        owner = await asyncpg.connect(url.render_as_string(hide_password=False))
        rows = await owner.fetch(
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relkind = 'r' and a.attname = 'bureau_id' and c.relnamespace = 'public'::regnamespace"
            " and not (c.relrowsecurity and c.relforcerowsecurity)"
        )
        await owner.close()
        return [row["relname"] for row in rows]

    assert asyncio.run(open_tables()) == []


@pytest.mark.parametrize("service", NAMES)
@pytest.mark.parametrize("other", NAMES)
def test_no_role_opens_another_services_database(service: str, other: str, databases: Databases) -> None:
    async def connect() -> None:
        url = make_url(databases.url(service, "worker")).set(
            drivername="postgresql", database=f"arende_{other}"
        )
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        await connection.close()

    if service == other:
        asyncio.run(connect())
    else:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            asyncio.run(connect())


def test_the_example_of_an_event_is_in_the_code() -> None:
    _, _, rest = (ROOT / "CONTRIBUTING.md").read_text().partition("| file | what is in it |\n")
    rows = re.findall(r"^\| `([^`]+)` \| (?:`([^`…]+))?", rest.partition("\n\n")[0], re.MULTILINE)
    assert len(rows) == 4
    assert [file for file, code in rows if code not in (ROOT / file).read_text()] == []
