"""The HTTP server under our apps: what it parses, what it refuses, and how it says that it leaves."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from shared.failures import Failure
from shared.http.protocol import LARGEST_HEAD
from shared.http.serving import serving
from tests.conftest import eventually

ASKED = b"GET / HTTP/1.1\r\nHost: arende.test\r\n"


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """The smallest app that there is; it takes part in no lifespan."""
    if scope["type"] != "http":
        raise NotImplementedError
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with serving(hello, host="127.0.0.1", port=0) as port:
        yield port


async def answer_to(port: int, *parts: bytes) -> bytes:
    """What comes back for these bytes until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_request_is_answered(port: int) -> None:
    answer = await answer_to(port, ASKED + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"hello")


async def test_a_large_head_that_ends_is_answered(port: int) -> None:
    head = ASKED + b"X-Large: " + b"a" * (LARGEST_HEAD - 1000) + b"\r\nConnection: close\r\n\r\n"
    assert (await answer_to(port, head)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("start", [b"GET /", ASKED + b"X-Endless: "], ids=["path", "header"])
async def test_a_head_without_end_is_refused(port: int, start: bytes) -> None:
    # More than the server reads at once, which is up to 256 KiB.
    answer = await answer_to(port, start, *[b"a" * LARGEST_HEAD] * 32)
    # Nothing, where the refusal was overtaken by the reset of what was sent after it.
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")


async def test_each_request_of_a_connection_has_its_own_limit(port: int) -> None:
    large = b"X-Large: " + b"a" * (LARGEST_HEAD // 2) + b"\r\n"
    kept = ASKED + large + b"\r\n"
    answer = await answer_to(port, kept, kept, kept, ASKED + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200") == 4


async def test_who_leaves_asks_clients_to_close_their_connections() -> None:
    leaving = asyncio.Event()
    async with serving(hello, host="127.0.0.1", port=0, leaving=leaving) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def ask() -> bytes:
            writer.write(ASKED + b"\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(5) == b"hello"
            return head

        assert b"connection: close" not in await ask()
        leaving.set()

        async def asked_to_close() -> bool:
            return b"connection: close" in await ask()

        await eventually(asked_to_close)
        assert await reader.read() == b""
        writer.close()


async def test_a_taken_port_is_named(port: int) -> None:
    with pytest.raises(Failure, match=f"127.0.0.1:{port} can't be listened on: address already in use"):
        async with serving(hello, host="127.0.0.1", port=port):
            raise AssertionError("it listens")
