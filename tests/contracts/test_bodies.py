"""Bodies take the JSON that the document shows and nothing else, and the document names each refusal."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from arende.registry import SERVICES
from shared.http.schemas import Body
from tests.contracts import openapi
from tests.contracts.prose import operations

# Values that pydantic would take for ones of another type.
JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
JSON_TYPES |= {type(None): "null"}
OTHERS: list[Any] = [
    True,
    False,
    0,
    1,
    -1,
    1.0,
    0.5,
    10**12,
    "",
    "1",
    "true",
    "no",
    "1.0",
    "2026-11-24T00:00:00",
]
OTHERS += ["0001-01-01", "9999-12-31", None, [], {}, [1], "1764000000"]


def bodies() -> Iterator[type[Body]]:
    """Each body that a service takes."""
    openapi.apis()  # loads all schemas
    waiting: list[type[Body]] = [Body]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("services."):
            yield kind


def takes(kind: type[Body], name: str, value: Any) -> bool:
    """Whether the field is not among those that the body is refused for."""
    try:
        kind.model_validate({name: value})
    except ValidationError as error:
        return all(each["loc"][:1] != (name,) for each in error.errors())
    return True


def json_types(schema: dict[str, Any], known: dict[str, Any]) -> Iterator[str]:
    """The types that the schema names, those of its options too."""
    for option in schema.get("anyOf", ()):
        yield from json_types(option, known)
    if "$ref" in schema:
        yield from json_types(known[schema["$ref"].rpartition("/")[2]], known)
    if "type" in schema:
        yield schema["type"]


FIELDS = {f"{kind.__name__}.{name}": (kind, name) for kind in bodies() for name in kind.model_fields}


@pytest.mark.parametrize("place", FIELDS)
def test_a_field_takes_no_value_of_another_type(place: str) -> None:
    kind, name = FIELDS[place]
    schema = kind.model_json_schema()
    kinds = set(json_types(schema["properties"][name], schema.get("$defs", {})))
    is_date = '"format": "date' in json.dumps(schema["properties"][name])
    for value in OTHERS:
        if takes(kind, name, value):
            assert JSON_TYPES[type(value)] in kinds, value
            assert not is_date or value is None, value


def test_no_schema_raises_words_of_one_language() -> None:
    for file in Path("services").rglob("schemas.py"):
        calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
        names = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
        assert not names & {"ValueError", "AssertionError", "PydanticCustomError"}, file


def test_each_operation_names_what_it_may_refuse() -> None:
    for method, path, operation in operations(openapi.document()):
        expected = {"400", "422", "503", "default"}
        body = operation.get("requestBody", {}).get("content", {})
        if operation["security"]:
            expected |= {"401"}
        if method in ("post", "put", "patch"):
            expected |= {"413"}
        if "application/json" in body:
            expected |= {"415"}
        assert expected <= operation["responses"].keys(), f"{method} {path}"


def test_each_service_names_the_wrong_hat() -> None:
    for name in SERVICES:
        assert "`wrong_hat`" in str(openapi.apis()[name].openapi()["paths"])
