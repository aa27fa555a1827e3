"""What a body may be is judged before it is read, and what it holds before anything is made of it."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from arende.registry import SERVICES
from shared.ids import uuid7
from tests.factories.callers import Headers, refusal
from tests.factories.keys import Keys
from tests.security.conftest import Apis
from tests.security.forgeries import signed

LARGEST = 1_000_000
KINDS = (
    "text/csv",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/octet-stream",
)
DEEP = b"[" * 480 + b"]" * 480
HOSTILE = {
    "deep lists": DEEP,
    "deep objects": b'{"a":' * 480 + b"1" + b"}" * 480,
    "deep in a field": b'{"name":' + DEEP + b"}",
    "deeper than a parser": b"[" * 100_000,
    "many values": b"[" + b"0," * 400_000 + b"0]",
    "many fields": b"{" + b",".join(b'"k%d":1' % n for n in range(60_000)) + b"}",
    "a number without end": b'{"name":' + b"1" * 100_000 + b"}",
    "a number beyond all": b'{"name":1e999999}',
    "NaN": b'{"name":NaN}',
    "NUL": b'{"name":"a\\u0000b"}',
    "NUL in a name": b'{"a\\u0000b":1}',
    "half a pair": b'{"name":"\\ud800"}',
    "bytes that are no text": b'{"name":"\xff\xfe"}',
    "another encoding": '{"name":"a"}'.encode("utf-16"),
    "nothing but a mark": b"\xef\xbb\xbf",
    "a name without end": b'{"' + b"k" * 900_000 + b'":1}',
    "a text": b'"' + b"k" * 900_000 + b'"',
    "null": b"null",
}


def operations(apis: Apis, service: str) -> Iterator[tuple[str, str, set[str]]]:
    """Each write with its address, and the media types of its body."""
    for path, methods in apis[service].openapi()["paths"].items():
        for method, operation in methods.items():
            kinds = set(operation.get("requestBody", {}).get("content", {}))
            if kinds:
                yield method.upper(), re.sub(r"\{\w+\}", str(uuid7()), path), kinds


@pytest.fixture
def headers(keys: Keys) -> Headers:
    return {"Authorization": f"Bearer {signed(keys.key)}", "If-Match": "*"}


async def unread() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


@pytest.mark.parametrize("service", SERVICES)
async def test_a_body_of_another_media_type_is_not_read(
    apis: Apis, clients: Any, headers: Headers, service: str
) -> None:
    for method, path, kinds in operations(apis, service):
        for kind in (*KINDS, "application/json", "json", None):
            named = {} if kind is None else {"Content-Type": kind}
            if kind and kind.partition(";")[0] in kinds:
                continue
            answer = await clients[service].request(
                method, path, content=unread(), headers={**headers, **named}
            )
            assert refusal(answer) == (415, "unsupported_media_type"), (method, path, kind)
            assert answer.headers["accept"] == ", ".join(kinds)


async def endless() -> AsyncIterator[bytes]:
    """Without a length that is told beforehand."""
    for sent in range(10 * LARGEST // 65_536):
        assert sent * 65_536 <= 2 * LARGEST, "more than the limit was read"
        yield b" " * 65_536


@pytest.mark.parametrize("service", SERVICES)
async def test_a_body_without_a_length_is_counted_while_it_comes(
    apis: Apis, clients: Any, headers: Headers, service: str
) -> None:
    for method, path, kinds in operations(apis, service):
        if "application/json" in kinds:
            json_sent = {**headers, "Content-Type": "application/json"}
            answer = await clients[service].request(method, path, content=endless(), headers=json_sent)
            assert refusal(answer) == (413, "too_large"), (method, path)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("service", SERVICES)
async def test_a_hostile_body_is_refused_in_few_words(
    apis: Apis, clients: Any, headers: Headers, service: str, name: str
) -> None:
    for method, path, kinds in operations(apis, service):
        if "application/json" in kinds:
            sent = {**headers, "Content-Type": "application/json"}
            answer = await clients[service].request(method, path, content=HOSTILE[name], headers=sent)
            assert 400 <= answer.status_code < 500, (method, path, answer.text[:300])
            assert len(answer.content) < 10_000, (method, path)


async def refused(client: httpx.AsyncClient, body: bytes, kind: str = "application/json") -> Any:
    answer = await client.post("/v1/sessions", content=body, headers={"Content-Type": kind})
    return answer.status_code, [(each["field"], each["code"]) for each in answer.json()["errors"]]


async def test_the_bounds_are_named(clients: Any) -> None:
    client = clients["identity"]
    assert await refused(client, HOSTILE["deep objects"]) == (422, [("body", "too_deep")])
    assert await refused(client, HOSTILE["many values"]) == (422, [("body", "too_many")])
    assert await refused(client, b'{"act_as":{"name":["\\u0000"]}}') == (
        422,
        [("act_as.name.0", "unstorable")],
    )
    assert await refused(client, HOSTILE["a number without end"]) == (400, [])
    assert await refused(client, HOSTILE["many fields"]) == (422, [("body", "too_many")])
    fields = json.dumps({f"k{number}": 1 for number in range(101)}).encode()
    assert await refused(client, fields) == (422, [("body", "too_many")])
    text = json.dumps({"email": '[{,"\\' * 10_000, "password": "x"}).encode()
    assert await refused(client, text) == (422, [("email", "too_long")])


async def test_what_is_json_by_another_name_is_read(clients: Any) -> None:
    body = json.dumps({"email": "nobody@byran.example", "password": "x"}).encode()
    kinds = ("application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json")
    for kind in kinds:
        assert await refused(clients["identity"], body, kind) == (401, [])
    assert await refused(clients["identity"], b"\xef\xbb\xbf" + body) == (401, [])
