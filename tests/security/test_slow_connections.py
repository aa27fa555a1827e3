"""Whoever sends nothing on a connection, or reads nothing, loses it; whoever is slow but moves does not."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from shared.http.protocol import Bounds
from shared.http.serving import serving
from tests.security.wire import HEAD, Connection, connected, rest, tell

BOUNDS = Bounds(head_seconds=0.5, stall_seconds=0.5, lowest_rate=1000, connections=20)
# More than the kernel takes of an answer that nobody reads.
LARGE = 16 * 1024 * 1024


async def answer_much(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers the same body at every address but /told."""
    if scope["type"] != "http" or scope["path"] == "/told":
        await tell(scope, receive, send)
        return
    length = [(b"content-length", str(LARGE).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    for start in range(0, LARGE, 65536):
        more = start + 65536 < LARGE
        await send({"type": "http.response.body", "body": b"a" * 65536, "more_body": more})


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async with serving(answer_much, host="127.0.0.1", port=0, bounds=BOUNDS) as port:
        yield port


async def trickle(writer: asyncio.StreamWriter, piece: bytes, *, every: float = 0.05) -> None:
    """Send the piece again and again until the server has closed the connection."""
    try:
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)
    except ConnectionError:
        pass


async def ended(connection: Connection, piece: bytes) -> bytes:
    """The answer to a client that goes on sending the piece."""
    reader, writer = connection
    sending = asyncio.create_task(trickle(writer, piece))
    try:
        return await rest(reader)
    finally:
        sending.cancel()


@pytest.mark.parametrize("start", [b"", b"GET /told HTTP/1.1\r\nX-Slow: "], ids=["nothing", "part of a head"])
async def test_many_connections_that_send_nothing_end(port: int, start: bytes) -> None:
    began = time.perf_counter()

    async def wait() -> bytes:
        async with connected(port) as (reader, writer):
            writer.write(start)
            return await rest(reader)

    answers = await asyncio.gather(*(wait() for _ in range(15)))
    assert time.perf_counter() - began < 5
    assert {answer[:12] for answer in answers} == {b"HTTP/1.1 408" if start else b""}


@pytest.mark.parametrize("piece", [b"a", b"\r\n"], ids=["letters", "empty lines"])
async def test_a_head_that_trickles_ends(port: int, piece: bytes) -> None:
    async with connected(port) as connection:
        connection[1].write(b"" if piece == b"\r\n" else b"GET /told HTTP/1.1\r\nX-Slow: ")
        assert (await ended(connection, piece))[:12] in (b"HTTP/1.1 408", b"")


async def test_empty_lines_keep_no_connection_after_an_answer(port: int) -> None:
    async with connected(port) as connection:
        connection[1].write(HEAD + b"Content-Length: 0\r\n\r\n")
        assert (await connection[0].readline()).startswith(b"HTTP/1.1 200")
        await ended(connection, b"\r\n")


@pytest.mark.parametrize(
    ("kind", "piece"),
    [(b"Content-Length: 9999", b"a"), (b"Transfer-Encoding: chunked", b"1;aaaa\r\na\r\n")],
    ids=["length", "chunks"],
)
async def test_a_body_that_trickles_ends(port: int, kind: bytes, piece: bytes) -> None:
    async with connected(port) as connection:
        connection[1].write(HEAD + kind + b"\r\n\r\n")
        answer = await ended(connection, piece)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"code":"too_slow"' in answer


async def test_a_body_that_nobody_reads_any_more_ends(port: int) -> None:
    """Its answer was complete before it."""
    async with connected(port) as connection:
        connection[1].write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n")
        answer = await ended(connection, b"a")
    assert answer.startswith(b"HTTP/1.1 200")


async def test_a_slow_body_that_moves_is_received(port: int) -> None:
    """It takes three times as long as a body may stand still."""
    async with connected(port) as (reader, writer):
        writer.write(HEAD + b"Connection: close\r\nContent-Length: 6000\r\n\r\n")
        for _ in range(30):
            writer.write(b"a" * 200)
            await asyncio.sleep(0.05)
        assert (await rest(reader)).endswith(b" " + b"a" * 6000)


async def test_who_reads_nothing_loses_the_connection(port: int) -> None:
    async with connected(port) as (_, writer):
        transport = writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        # It sees the reset when it writes.
        async with asyncio.timeout(10):
            await trickle(writer, b"\r\n")


async def test_a_slow_reader_that_moves_gets_all(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = 0
        while chunk := await reader.read(1024 * 1024):
            received += len(chunk)
            await asyncio.sleep(0.03)
    assert received > LARGE


async def test_a_request_that_takes_long_to_answer_is_answered(port: int) -> None:
    async with connected(port) as (reader, writer):
        # The client's turn is over; the server's may last.
        writer.write(HEAD + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        writer.write(b"a")
        assert (await rest(reader)).endswith(b" a")


async def test_connections_beyond_the_limit_are_told_so(port: int) -> None:
    async with asyncio.TaskGroup() as group:

        async def wait() -> bytes:
            async with connected(port) as (reader, _):
                return await rest(reader)

        tasks = [group.create_task(wait()) for _ in range(30)]
    answers = [task.result() for task in tasks]
    refused = [answer for answer in answers if answer]
    assert len(refused) >= 10
    assert all(answer.startswith(b"HTTP/1.1 503") and b"Retry-After: 2" in answer for answer in refused)
