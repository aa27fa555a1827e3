"""The JSON body of a request, parsed strictly (RFC 8259) and within bounds.

Whatever is within the bounds takes the loop so little time that no other request waits for it.
"""

import asyncio
import codecs
from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import Request
from starlette.requests import ClientDisconnect

from shared.errors import FieldError, IncompleteBody, InvalidRequest, MalformedJson
from shared.http.validation import WORDS

DEEPEST = 16
# Of one object.
MOST_FIELDS = 100
# Objects, lists, texts and numbers together. The largest body that there is names 10,000 customers.
MOST_VALUES = 12_000
# Bytes that are parsed in the loop; more are parsed in a thread.
PARSED_AT_ONCE = 32 * 1024


class JsonRequest(Request):
    """A request whose body has been read and parsed."""

    parsed: Any = None

    async def json(self) -> Any:
        return self.parsed


async def parse_body(request: Request) -> JsonRequest:
    """Raises IncompleteBody, MalformedJson, or InvalidRequest for a body beyond the bounds."""
    whole = JsonRequest(request.scope, request.receive)
    try:
        body = await whole.body()
    except ClientDisconnect as error:
        raise IncompleteBody from error
    if len(body) > PARSED_AT_ONCE:
        whole.parsed = await asyncio.to_thread(_parse, body)
    elif body:
        whole.parsed = _parse(body)
    return whole


def _parse(body: bytes) -> Any:
    _require_few(body)
    try:
        value = orjson.loads(body.removeprefix(codecs.BOM_UTF8))
    except ValueError as error:
        raise MalformedJson from error
    _require_shallow(value)
    # PostgreSQL can't store NUL, which JSON has only in this form. Half surrogate pairs are refused above.
    if b"\\u0000" in body:
        _require_storable(value)
    return value


def _require_few(body: bytes) -> None:
    """Counted before they are made: hundreds of thousands of small objects take seconds."""
    if _number_in(body) > MOST_VALUES:
        texts = body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        if _number_in(b"".join(texts[::2])) > MOST_VALUES:
            raise InvalidRequest(errors=[_TOO_MANY_VALUES])


def _number_in(body: bytes) -> int:
    """At least as many values as these are in it, where it holds no texts."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _require_shallow(value: Any) -> None:
    """By levels: a recursion would be as deep as what was sent."""
    level = [value]
    for _ in range(DEEPEST):
        if any(type(each) is dict and len(each) > MOST_FIELDS for each in level):
            raise InvalidRequest(errors=[_TOO_MANY_FIELDS])
        level = [part for each in level for part in _parts(each)]
        if not level:
            return
    raise InvalidRequest(errors=[FieldError("body", "too_deep", *WORDS["too_deep"])])


def _parts(value: Any) -> Any:
    if type(value) is dict:
        return value.values()
    return value if type(value) is list else ()


def _require_storable(value: Any) -> None:
    fields = [".".join(place) or "body" for place in _with_nul(value, ())]
    if fields:
        raise InvalidRequest(errors=[FieldError(field, "unstorable", *_UNSTORABLE) for field in fields])


def _with_nul(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where a text, or the name of a field, has a NUL. Not deeper than DEEPEST."""
    if type(value) is str and "\x00" in value:
        yield place
    elif type(value) is dict:
        for name, each in value.items():
            if "\x00" in name:
                yield place
            else:
                yield from _with_nul(each, (*place, name))
    elif type(value) is list:
        for position, each in enumerate(value):
            yield from _with_nul(each, (*place, str(position)))


_UNSTORABLE = ("Leave out NUL: it can't be stored.", "Ta bort NUL: tecknet kan inte sparas.")
_TOO_MANY_VALUES = FieldError(
    "body",
    "too_many",
    en=f"Send at most {MOST_VALUES} values in one body.",
    sv=f"Skicka högst {MOST_VALUES} värden på en gång.",
)
_TOO_MANY_FIELDS = FieldError(
    "body",
    "too_many",
    en=f"Send at most {MOST_FIELDS} fields in one object.",
    sv=f"Skicka högst {MOST_FIELDS} fält i ett objekt.",
)
