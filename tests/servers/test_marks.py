"""`make quick` leaves out the tests that start a broker."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import STARTS_A_BROKER

TESTS = Path(__file__).parents[1]
STARTS = {"RabbitServer.start", "RabbitServer.start_cluster", "Rig.start"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_what_starts_a_broker_is_marked() -> None:
    found = [
        (file, each)
        for name in ("test_*.py", "conftest.py")
        for file in TESTS.rglob(name)
        for each in starters(file)
    ]
    assert found
    for file, function in found:
        marks = {ast.unparse(each) for each in function.decorator_list}
        known = function.name in STARTS_A_BROKER or "pytest.mark.servers" in marks
        assert known, (
            f"{function.name} in {file}: name the fixture in STARTS_A_BROKER, or mark the test `servers`"
        )


def starters(file: Path) -> Iterator[Function]:
    for function in ast.walk(ast.parse(file.read_text())):
        if isinstance(function, Function):
            used = {ast.unparse(node) for node in ast.walk(function) if isinstance(node, ast.Attribute)}
            if used & STARTS:
                yield function
