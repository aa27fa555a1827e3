"""docs/security.md names tests that exist, and says of each row of the standard once what its state is."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text()
STATES = {"met", "partly", "gap", "operator"}


def functions(file: Path) -> set[str]:
    tree = ast.walk(ast.parse(file.read_text()))
    return {each.name for each in tree if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_test_and_page_that_is_named_exists() -> None:
    named = re.findall(r"`((?:tests|deploy)/[\w/.-]+)(?:::(\w+))?`", PAGE)
    assert len(named) > 50
    wrong = [
        f"{path}::{function}"
        for path, function in named
        if not (ROOT / path).exists() or (function and function not in functions(ROOT / path))
    ]
    linked = re.findall(r"\]\(([\w./-]+)\)", PAGE)
    assert wrong + [page for page in linked if not (ROOT / "docs" / page).exists()] == []


def test_every_threat_has_its_test() -> None:
    threats, _, _ = PAGE.partition("## OWASP")
    rows = [line for line in threats.splitlines() if line.startswith("| ")][1:]
    assert [row for row in rows if "`tests/" not in row and "---" not in row] == []


def test_each_row_of_the_standard_has_one_state() -> None:
    _, _, standard = PAGE.partition("| rows | state |")
    rows = [line.split(" | ") for line in standard.splitlines() if re.match(r"\| \d", line)]
    assert {state for _, state, *_ in rows} <= STATES
    numbers = [number for row in rows for number in re.findall(r"\d+\.\d+\.\d+", row[0])]
    assert sorted({number for number in numbers if numbers.count(number) > 1}) == []
