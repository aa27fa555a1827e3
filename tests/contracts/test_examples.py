"""The examples in the API's document are composed from those of fields, and the API accepts them."""

import json
import re
from typing import Any

import pytest
from pydantic import ValidationError

from shared.http.examples import MISSING, Examples
from shared.http.schemas import Body
from tests.contracts import openapi, prose

DOCUMENT: dict[str, Any] = json.loads(openapi.FILE.read_text())
REF = re.compile(r"#/components/schemas/(\w+)")
SUBJECT = {"type": "string", "examples": ["Receipts"]}


def bodies(kind: type[Body] = Body) -> dict[str, type[Body]]:
    """The classes of all bodies, by the names of their schemas."""
    found = {each.__name__: each for each in kind.__subclasses__()}
    for each in kind.__subclasses__():
        found |= bodies(each)
    return found


def accepts(kind: type[Body], example: Any) -> bool:
    try:
        kind.model_validate_json(json.dumps(example))
    except ValidationError:
        return False
    return True


def test_the_api_accepts_each_example_of_a_body() -> None:
    openapi.apis()
    known = bodies()
    refused: list[str] = []
    for _, _, operation in prose.operations(DOCUMENT):
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        kinds = [known[name] for name in REF.findall(json.dumps(media.get("schema", {})))]
        if "example" in media and not any(accepts(kind, media["example"]) for kind in kinds):
            refused.append(operation["operationId"])
    assert refused == [], 'give the body an example of its own: json_schema_extra={"examples": […]}'


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "string"}, MISSING),
        ({"type": "string", "format": "date"}, "2026-11-24"),
        ({"type": "string", "enum": ["low", "high"]}, "low"),
        ({"type": "integer", "minimum": 0.0}, 1),
        ({"type": "integer", "minimum": 5}, 5),
        ({"anyOf": [{"type": "null"}, SUBJECT]}, "Receipts"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
        ({"type": "array", "items": SUBJECT}, ["Receipts"]),
        ({"type": "object", "properties": {"a": SUBJECT, "b": {"type": "string"}}}, {"a": "Receipts"}),
        ({"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]}, MISSING),
        ({"type": "object", "properties": {"b": {"type": "null"}}, "required": ["b"]}, {"b": None}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"name": 1}),
        ({"$ref": "#/components/schemas/Subject"}, "Receipts"),
    ],
)
def test_an_example_is_made_of_what_fields_say(schema: dict[str, Any], example: Any) -> None:
    assert Examples({"Subject": SUBJECT}).of(schema) == example
