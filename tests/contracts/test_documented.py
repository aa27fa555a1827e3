"""The transport of the tests' clients notices an answer that the document does not promise."""

from typing import Any

import httpx
import pytest

from shared.http.components import ref
from tests.contracts.documented import undocumented

OPERATION: dict[str, Any] = {
    "responses": {
        "201": {"content": {"application/json": {}}, "headers": {"ETag": ref("headers", "ETag")}},
        "204": {"description": "It worked."},
        "409": {"description": "- `not_a_draft`: It has been sent."},
    }
}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (httpx.Response(201, json={"version": 1}, headers={"ETag": '"1"'}), []),
        (httpx.Response(204), []),
        (httpx.Response(409, json={"code": "not_a_draft"}), []),
        (httpx.Response(503, json={"code": "unavailable"}), []),
        (httpx.Response(200, json={}), ["200"]),
        (httpx.Response(201, text="version 1", headers={"ETag": '"1"'}), ["content type text/plain"]),
        (httpx.Response(201, json={"version": 1}), ["no ETag"]),
        (httpx.Response(204, headers={"Location": "/v1/cases/1"}), ["header Location"]),
        (httpx.Response(409, json={"code": "already_sent"}), ["409 already_sent"]),
    ],
)
def test_what_the_document_does_not_promise_is_found(answer: httpx.Response, found: list[str]) -> None:
    assert list(undocumented(OPERATION, answer)) == found
