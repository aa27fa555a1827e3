"""What the API's document says of one operation beyond what FastAPI writes of its route."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from shared.errors import VersionMissing
from shared.http.components import PROBLEM_JSON, ref

Operation = dict[str, Any]

_WORKED = {
    "200": "It worked.",
    "201": "It has been created.",
    "202": "It has been taken up, and goes on in the background.",
    "204": "It worked; there is nothing to return.",
}


def complete_operation(operation: Operation, schemas: dict[str, Any]) -> None:
    """`schemas` are the document's, by name."""
    for step in _STEPS:
        step(operation)
    _add_etag(operation, schemas)


def remove_titles(schema: Any) -> None:
    """Pydantic's titles repeat the fields' names. Examples and defaults are data: a `title` there stays."""
    if isinstance(schema, list):
        for each in schema:
            remove_titles(each)
    elif isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        for key, value in schema.items():
            if key not in ("default", "examples", "example", "const", "enum"):
                remove_titles(value)


def _split_docstring(operation: Operation) -> None:
    if operation["summary"] != operation["operationId"].replace("_", " ").title():
        return  # The route has `summary=`: its docstring is all description.
    summary, _, description = operation.pop("description", "").partition("\n\n")
    if summary:
        operation["summary"] = " ".join(summary.split()).rstrip(".")
    if description:
        operation["description"] = description.strip()


def _keep_own_tag(operation: Operation) -> None:
    """The router of a room inside another room has the tags of both; its own comes last."""
    operation["tags"] = operation["tags"][-1:]


def _simplify_parameters(operation: Operation) -> None:
    """Without null, which can't be sent in an address, and with If-Match required where it is."""
    for parameter in operation.get("parameters", []):
        if "$ref" in parameter:
            continue
        schema = parameter["schema"]
        remove_titles(schema)
        options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
        if len(options) == 1:
            del schema["anyOf"]
            schema |= {**options[0], **schema}
        if parameter["name"] == "If-Match" and str(VersionMissing.status) in operation["responses"]:
            parameter["required"] = True
        parameter.setdefault("description", schema.get("description", ""))
        schema.pop("description", None)


def _describe_answers(operation: Operation) -> None:
    responses = operation["responses"]
    for status, answer in responses.items():
        if answer["description"] == "Successful Response":
            answer["description"] = _WORKED.get(status, HTTPStatus(int(status)).phrase)
    operation.setdefault("security", [])
    for status, answer in responses.items():
        if status.startswith(("4", "5")):
            answer["content"] = {PROBLEM_JSON: {"schema": ref("schemas", "Problem")}}
    operation["responses"] = {
        **{status: responses[status] for status in sorted(responses)},
        "default": ref("responses", "Problem"),
    }


def _add_language(operation: Operation) -> None:
    """To all, in the same words; where a route reads the header itself, its own parameter is left out."""
    own = [
        each for each in operation.get("parameters", []) if each.get("name", "").lower() != "accept-language"
    ]
    operation["parameters"] = [*own, ref("parameters", "AcceptLanguage")]


def _mark_bytes(operation: Operation) -> None:
    """Files are `format: binary`, by which generators of clients know bytes from text."""
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        schema = media["schema"]
        parts = schema.get("properties", {}).values() if kind.startswith("multipart/") else [schema]
        for part in parts:
            if "contentMediaType" in part or kind.startswith("text/"):
                part["format"] = "binary"


def _add_etag(operation: Operation, schemas: dict[str, Any]) -> None:
    """An answer that has a `version` carries it as its ETag (shared/http/etags.py)."""
    for status in ("200", "201"):
        answer = operation["responses"].get(status, {})
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        if "version" in schemas.get(name, {}).get("properties", {}):
            answer.setdefault("headers", {})["ETag"] = ref("headers", "ETag")


_STEPS: tuple[Callable[[Operation], None], ...] = (
    _split_docstring,
    _keep_own_tag,
    _simplify_parameters,
    _describe_answers,
    _add_language,
    _mark_bytes,
)
