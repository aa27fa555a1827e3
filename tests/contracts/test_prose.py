"""The API's document has words for those who read it: each operation, parameter and property."""

import json
from typing import Any

import pytest

from shared.http.components import ref
from tests.contracts import openapi, prose

DOCUMENT: dict[str, Any] = json.loads(openapi.FILE.read_text())


def test_nothing_lacks_its_prose() -> None:
    assert [str(gap) for gap in prose.gaps(DOCUMENT)] == []


def test_each_operation_id_is_used_once() -> None:
    ids = [operation["operationId"] for _, _, operation in prose.operations(DOCUMENT)]
    assert sorted(ids) == sorted(set(ids))


def test_each_tag_in_use_is_described_and_no_other() -> None:
    used = {tag for _, _, operation in prose.operations(DOCUMENT) for tag in operation["tags"]}
    assert {tag["name"] for tag in DOCUMENT["tags"]} == used


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "case_id"),
        ("The case's id.", "case_id"),
        ("Lists the cases.", "list_cases"),
        ("Due", "due_on"),
    ],
)
def test_a_name_repeated_says_nothing(text: str, name: str) -> None:
    assert prose.says_nothing(text, name)


def test_a_unit_says_something() -> None:
    assert not prose.says_nothing("In öre.", "amount")


def operation(**changes: Any) -> dict[str, Any]:
    """An operation that lacks nothing, with these changes."""
    return {
        "operationId": "get_case",
        "summary": "Look at a case",
        "description": "For everyone who takes part in it.",
        "tags": ["cases"],
        "parameters": [{"name": "case_id", "in": "path", "description": "As the list of cases shows it."}],
        "responses": {"200": {"content": {"application/json": {"schema": ref("schemas", "Out")}}}},
        **changes,
    }


def lacking(operation: dict[str, Any], **properties: Any) -> list[str]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    document = {"paths": {"/v1/cases": {"get": operation}}, "components": {"schemas": {"Out": schema}}}
    return [str(gap) for gap in prose.gaps(document)]


SUBJECT = {"type": "string", "description": "In one line.", "examples": ["Receipts"]}


def test_a_described_operation_lacks_nothing() -> None:
    assert lacking(operation(), subject=SUBJECT) == []


@pytest.mark.parametrize(
    ("changes", "lack"),
    [
        ({"summary": "Get Case"}, "GET /v1/cases: summary"),
        ({"description": ""}, "GET /v1/cases: description"),
        ({"operationId": "cases"}, "GET /v1/cases: operationId cases is not a verb and its object"),
        ({"parameters": [{"name": "q", "in": "query"}]}, "GET /v1/cases query q: description"),
        ({"responses": {"200": {}}}, "GET /v1/cases: what it returns (`content` of 200 in `responses=`)"),
    ],
)
def test_what_an_operation_lacks_is_named(changes: dict[str, Any], lack: str) -> None:
    assert lack in lacking(operation(**changes), subject=SUBJECT)


def test_a_property_without_words_is_named_however_deep() -> None:
    inner = {"type": "array", "items": {"type": "object", "properties": {"at": {"type": "integer"}}}}
    lacks = lacking(operation(), subject=SUBJECT, steps={**inner, "description": "In their order."})
    assert lacks == ["Out.steps.at: description"]


def test_a_text_for_want_of_which_there_is_no_example_is_named() -> None:
    assert lacking(operation(), subject={"type": "string", "description": "In one line."}) == [
        "Out.subject: example"
    ]
