"""Whatever one caller sends, the others wait for no longer than a moment."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest

from shared.http.serving import serving
from shared.ids import uuid7
from tests.factories.keys import Keys
from tests.factories.register_files import HEADER, line
from tests.security.conftest import Apis
from tests.security.forgeries import signed

# Seconds of this process, so that a busy machine does not count. What is bounded takes hundredths of a second
# while somebody else waits, what is not takes half a second to eighteen seconds.
# Counting which lines are reached makes the same work three times as long.
LONGEST_WAIT = 1.2 if "coverage" in sys.modules else 0.4
TEMPLATE = {"name": "a", "type": "question", "subject": "a", "body": "{{" * 9_999}


def many_fields() -> bytes:
    return json.dumps({f"k{number}": number for number in range(60_000)}).encode()


def wrong_customers() -> bytes:
    """As many values as are taken, each of them wrong."""
    return json.dumps({"customer_ids": ["x" * 80] * 10_000}).encode()


def many_unknown_items() -> bytes:
    return json.dumps({"participant_ids": ["x"] * 9_900, "subject": "s"}).encode()


def wide_header() -> bytes:
    return (HEADER + ";x" * 300_000 + "\r\n" + line("1")).encode()


def wide_lines() -> bytes:
    return (HEADER + "\r\n" + "\r\n".join([line("1") + ";x" * 300_000] * 20)).encode()


def open_quotes() -> bytes:
    return (
        HEADER + "\r\n" + '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n' * 90_000
    ).encode()


def blank_lines() -> bytes:
    return HEADER.encode() + b"\n" * 19_000_000


def many_lines() -> bytes:
    return "\r\n".join([HEADER, *(f"{number};x;company;;;;;;;;;;" for number in range(50_000))]).encode()


HEAVY: dict[str, tuple[str, str, str, Callable[[], bytes]]] = {
    "many unknown fields": ("identity", "/v1/sessions", "application/json", many_fields),
    "as many as are taken": ("invitations", "/v1/invitations/batch", "application/json", wrong_customers),
    "deep objects": ("identity", "/v1/sessions", "application/json", lambda: b'{"a":' * 160_000),
    "many values": ("identity", "/v1/sessions", "application/json", lambda: b"[" + b"0," * 490_000 + b"0]"),
    "many empty lists": (
        "identity",
        "/v1/sessions",
        "application/json",
        lambda: b"[" + b"[]," * 300_000 + b"0]",
    ),
    "wrong ids": ("cases", "/v1/cases", "application/json", many_unknown_items),
    "braces": ("cases", "/v1/templates", "application/json", lambda: json.dumps(TEMPLATE).encode()),
    "a wide header": ("identity", "/v1/customers/import", "text/csv", wide_header),
    "wide lines": ("identity", "/v1/customers/import", "text/csv", wide_lines),
    "open quotes": ("identity", "/v1/customers/import", "text/csv", open_quotes),
    "blank lines": ("identity", "/v1/customers/import", "text/csv", blank_lines),
    "many lines": ("identity", "/v1/customers/import", "text/csv", many_lines),
}


@asynccontextmanager
async def others_asking(client: httpx.AsyncClient) -> AsyncIterator[list[float]]:
    """Somebody else asks for something small, again and again; the seconds that each of the answers took."""
    took: list[float] = []

    async def ask() -> None:
        while True:
            began = time.process_time()
            await client.get("/v1/nowhere")
            took.append(time.process_time() - began)

    asking = asyncio.create_task(ask())
    try:
        yield took
    finally:
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking


@pytest.mark.parametrize("name", HEAVY)
async def test_others_are_answered_meanwhile(apis: Apis, keys: Keys, name: str) -> None:
    service, path, kind, make = HEAVY[name]
    body = make()
    headers: dict[str, Any] = {
        "Authorization": f"Bearer {signed(keys.key, sub=str(uuid7()))}",
        "Content-Type": kind,
    }
    async with (
        serving(apis[service], host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as heavy,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as light,
        others_asking(light) as took,
    ):
        await light.get("/v1/nowhere")
        answer = await heavy.post(path, content=body, headers=headers)
    assert answer.status_code < 500
    assert len(answer.content) < 10_000
    assert max(took) < LONGEST_WAIT
