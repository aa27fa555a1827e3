"""A transport for the tests' clients, which checks that the API's document promises each answer.

So every test of a service also tests the document: it fails where a route returns a status, a header or a
refusal that it does not declare.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx

from tests.contracts import openapi

# Refusals that any operation may return. `responses.Problem` of the document describes them once.
EVERYWHERE = {
    "http_error",
    "idempotency_key_reused",
    "incomplete_body",
    "internal_error",
    "malformed_json",
    "malformed_url",
    "too_large",
    "unavailable",
    "wrong_hat",
}


class DocumentedTransport(httpx.ASGITransport):
    """Raises AssertionError for an answer that docs/openapi.json does not promise."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        operation = _operation(request.method, request.url.path)
        if operation is not None:
            await response.aread()
            assert list(undocumented(operation, response)) == [], operation["operationId"]
        return response


def undocumented(operation: dict[str, Any], response: httpx.Response) -> Iterator[str]:
    """The parts of the answer that the document lacks or contradicts."""
    declared = operation["responses"].get(str(response.status_code), {})
    if response.is_error:
        code = response.json()["code"]
        if code not in EVERYWHERE and f"`{code}`" not in declared.get("description", ""):
            yield f"{response.status_code} {code}"
    elif not declared:
        yield str(response.status_code)
    else:
        yield from _undocumented_content(declared.get("content", {}), response)
        yield from _undocumented_headers(declared.get("headers", {}), response)


def _undocumented_content(content: dict[str, Any], response: httpx.Response) -> Iterator[str]:
    kind = response.headers.get("content-type", "").partition(";")[0]
    if response.content and kind not in content and "*/*" not in content:
        yield f"content type {kind}"


def _undocumented_headers(headers: dict[str, Any], response: httpx.Response) -> Iterator[str]:
    for name in ("ETag", "Location"):
        if name in response.headers and name not in headers:
            yield f"header {name}"
    # Ready-made templates have no version, and so no ETag.
    is_json = response.content and response.headers.get("content-type") == "application/json"
    has_version = is_json and response.json().get("version") is not None
    if has_version and "ETag" in headers and "ETag" not in response.headers:
        yield "no ETag"
    if "Location" in headers and "Location" not in response.headers:
        yield "no Location"


def _operation(method: str, path: str) -> dict[str, Any] | None:
    """The operation in the document; None for other paths, such as `/docs`."""
    for pattern, methods in _paths():
        if pattern.fullmatch(path):
            operation: dict[str, Any] | None = methods.get(method.lower())
            return operation
    return None


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Each path as a pattern. Those with fewer parameters come first, as a router would match them."""
    paths = json.loads(openapi.FILE.read_text())["paths"]
    ordered = sorted(paths, key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), paths[path]) for path in ordered]
