"""The OpenAPI document of an API: what FastAPI writes of the routes, and what all operations have in common.

A route's docstring is its prose: the first paragraph is the summary, the rest the description. A field's is
the string below it (`Body` and `Answer` read it). Examples of bodies and answers are composed of the fields'.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.http.components import COMPONENTS, ref
from shared.http.examples import Examples
from shared.http.operation import Operation, complete_operation, remove_titles
from shared.http.problems import Problem

Document = dict[str, Any]

CONVENTIONS = """
Bodies and answers are JSON with names in `snake_case`. Ids are UUIDs (version 7), times are RFC 3339 in
UTC, dates ISO 8601, both from 1900 to 2199, and amounts of money whole öre. An unknown field in a body is
refused, and so is an unknown parameter in the address.

**Access.** `POST /v1/sessions` returns an access token; send it as `Authorization: Bearer …`. A person may
be an employee of a bureau and a member of several customers' accounts: `act_as` chooses one of these hats
at log-in. What belongs to another bureau or account does not exist for the caller: it is 404, never 403. So
is the customer, account or template that a body is about; whom or what else it names is 422, with the field.

**Refusals** are `application/problem+json` (RFC 9457). `code` is stable and made for programs, `detail` is
a sentence in the language that `Accept-Language` asks for (`sv` or `en`), and `errors` names each failing
field, why it fails, and what to do about it.

**Trying again.** Send `Idempotency-Key` with a write that you may have to repeat, whether POST, PUT, PATCH or
DELETE: the same key and body get the first answer again, and the effect happens once. Without a key, the same
content again is no change. After 429 and 503, wait as many seconds as `Retry-After` says.

**Changes at the same time.** What can be edited carries a `version`, which is its `ETag` too. Send it back
as `If-Match`: a change that is based on an older version is refused with 412, so nobody's work is lost.

**Lists** return `items` and `next`. Send `next` as `cursor` for the following page, until it is `null`.

**HEAD** is answered wherever GET is, with the same status and headers and no body.
""".strip()


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
        remove_titles(schema)
    for kind, parts in COMPONENTS.items():
        components.setdefault(kind, {}).update(parts)
    examples = Examples(schemas)
    _remove_defaults_of_changes(document)
    for operation in operations(document):
        complete_operation(operation, schemas)
        examples.add_to(operation)
    return without_unused(document)


def _add_problem(schemas: dict[str, Any]) -> None:
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(own.pop("$defs"))
    schemas["Problem"] = own


def _remove_defaults_of_changes(document: Document) -> None:
    """What a PATCH leaves out stays as it is, so its fields' defaults in the code are no values."""
    for methods in document["paths"].values():
        content = methods.get("patch", {}).get("requestBody", {}).get("content", {})
        for media in content.values():
            name = media["schema"].get("$ref", "").rpartition("/")[2]
            schema = document["components"]["schemas"].get(name, {})
            for each in schema.get("properties", {}).values():
                each.pop("default", None)
