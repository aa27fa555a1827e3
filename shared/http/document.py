"""The OpenAPI document of an API: what FastAPI writes of the routes, and what all operations have in common.

A route's docstring is its prose: the first paragraph is the summary, the rest the description. A field's is
the string below it (`Body` and `Answer` read it). Examples of bodies and answers are composed of the fields'.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.errors import InvalidCursor, InvalidRequest, InvalidToken, NotLoggedIn, ServiceError
from shared.http.components import COMPONENTS, PROBLEM_JSON, ref
from shared.http.examples import Examples
from shared.http.problems import Problem, meaning

Operation = dict[str, Any]
Document = dict[str, Any]

CONVENTIONS = """
Bodies and answers are JSON with names in `snake_case`. Ids are UUIDs (version 7), times are RFC 3339 in
UTC, dates ISO 8601, and amounts of money whole öre. An unknown field in a body is refused.

**Access.** `POST /v1/sessions` returns an access token; send it as `Authorization: Bearer …`. A person may
be an employee of a bureau and a member of several customers' accounts: `act_as` chooses one of these hats
at log-in. What belongs to another bureau or account does not exist for the caller: it is 404, never 403.

**Refusals** are `application/problem+json` (RFC 9457). `code` is stable and made for programs, `detail` is
a sentence in the language that `Accept-Language` asks for (`sv` or `en`), and `errors` names each failing
field.

**Trying again.** Send `Idempotency-Key` with a write that you may have to repeat: the same key and body get
the first answer again, and the effect happens once. After 429 and 503, wait as many seconds as
`Retry-After` says.

**Changes at the same time.** What can be edited carries a `version`, which is its `ETag` too. Send it back
as `If-Match`: a change that is based on an older version is refused with 412, so nobody's work is lost.

**Lists** return `items` and `next`. Send `next` as `cursor` for the following page, until it is `null`.
""".strip()

_WORKED = {
    "200": "It worked.",
    "201": "It has been created.",
    "202": "It has been taken up, and goes on in the background.",
    "204": "It worked; there is nothing to return.",
}


def documentation(title: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """FastAPI's options for what its document says of the API as a whole. `/docs` is ours (docs.py)."""
    return {
        "title": title,
        "version": "1",
        "description": CONVENTIONS,
        "license_info": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        "servers": [{"url": "/", "description": "The server that this document came from."}],
        "openapi_tags": [{"name": name, "description": about} for name, about in tags.items()],
        "generate_unique_id_function": operation_id,
        "docs_url": None,
        "redoc_url": None,
    }


def operation_id(route: APIRoute) -> str:
    """The name of the route's function; no two routes of the product have the same."""
    return route.name


def complete_document(app: FastAPI) -> None:
    """From now on the app's document has what this module adds to FastAPI's."""
    generate = app.openapi

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(generate())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to replace the document


def operations(document: Document) -> Iterator[Operation]:
    for methods in document["paths"].values():
        yield from methods.values()


def without_unused(document: Document) -> Document:
    """The document without the common components that no operation refers to."""
    text = json.dumps(document)
    for kind, parts in COMPONENTS.items():
        for name in parts:
            if ref(kind, name)["$ref"] not in text:
                document["components"][kind].pop(name, None)
    return document


def _completed(document: Document) -> Document:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    _add_problem(schemas)
    for schema in schemas.values():
        _remove_titles(schema)
    for kind, parts in COMPONENTS.items():
        components.setdefault(kind, {}).update(parts)
    examples = Examples(schemas)
    _remove_defaults_of_changes(document)
    for operation in operations(document):
        for step in _STEPS:
            step(operation)
        _add_etag(operation, schemas)
        examples.add_to(operation)
    return without_unused(document)


def _add_problem(schemas: dict[str, Any]) -> None:
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(own.pop("$defs"))
    schemas["Problem"] = own


def _remove_titles(schema: Any) -> None:
    """Pydantic's titles repeat the fields' names. Examples and defaults are data: a `title` there stays."""
    if isinstance(schema, list):
        for each in schema:
            _remove_titles(each)
    elif isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        for key, value in schema.items():
            if key not in ("default", "examples", "example", "const", "enum"):
                _remove_titles(value)


def _remove_defaults_of_changes(document: Document) -> None:
    """What a PATCH leaves out stays as it is, so its fields' defaults in the code are no values."""
    for methods in document["paths"].values():
        content = methods.get("patch", {}).get("requestBody", {}).get("content", {})
        for media in content.values():
            schema = document["components"]["schemas"][media["schema"]["$ref"].rpartition("/")[2]]
            for each in schema.get("properties", {}).values():
                each.pop("default", None)


def _mark_bytes(operation: Operation) -> None:
    """Files are `format: binary`, by which generators of clients know bytes from text."""
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        schema = media["schema"]
        parts = schema.get("properties", {}).values() if kind.startswith("multipart/") else [schema]
        for part in parts:
            if "contentMediaType" in part or kind.startswith("text/"):
                part["format"] = "binary"


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
    """Nothing but their schemas: a parameter can be left out, but no null can be sent in an address."""
    for parameter in operation.get("parameters", []):
        if "$ref" in parameter:
            continue
        schema = parameter["schema"]
        _remove_titles(schema)
        options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
        if len(options) == 1:
            del schema["anyOf"]
            schema |= {**options[0], **schema}
        parameter.setdefault("description", schema.get("description", ""))
        schema.pop("description", None)


def _describe_answers(operation: Operation) -> None:
    responses = operation["responses"]
    for status, answer in responses.items():
        if answer["description"] == "Successful Response":
            answer["description"] = _WORKED.get(status, HTTPStatus(int(status)).phrase)
        elif answer["description"] == "Validation Error":
            answer["description"] = ""
    if "422" in responses:
        _add_refusals(responses, InvalidRequest)
    if any(each.get("name") == "cursor" for each in operation.get("parameters", [])):
        _add_refusals(responses, InvalidCursor)
    if operation.setdefault("security", []):
        _add_refusals(responses, NotLoggedIn, InvalidToken)
    for status, answer in responses.items():
        if status.startswith("4"):
            answer["content"] = {PROBLEM_JSON: {"schema": ref("schemas", "Problem")}}
    operation["responses"] = {
        **{status: responses[status] for status in sorted(responses)},
        "default": ref("responses", "Problem"),
    }


def _add_refusals(responses: dict[str, Any], *kinds: type[ServiceError]) -> None:
    for kind in kinds:
        answer = responses.setdefault(str(kind.status), {"description": ""})
        if f"`{kind.code}`" not in answer["description"]:
            answer["description"] = "\n".join(filter(None, [answer["description"], meaning(kind)]))


def _add_language(operation: Operation) -> None:
    """To all, in the same words; where a route reads the header itself, its own parameter is left out."""
    own = [
        each for each in operation.get("parameters", []) if each.get("name", "").lower() != "accept-language"
    ]
    operation["parameters"] = [*own, ref("parameters", "AcceptLanguage")]


_STEPS: tuple[Callable[[Operation], None], ...] = (
    _split_docstring,
    _keep_own_tag,
    _simplify_parameters,
    _describe_answers,
    _add_language,
    _mark_bytes,
)


def _add_etag(operation: Operation, schemas: dict[str, Any]) -> None:
    """An answer that has a `version` carries it as its ETag (shared/http/etags.py)."""
    for status in ("200", "201"):
        answer = operation["responses"].get(status, {})
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        if "version" in schemas.get(name, {}).get("properties", {}):
            answer.setdefault("headers", {})["ETag"] = ref("headers", "ETag")
