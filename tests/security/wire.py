"""HTTP as bytes: what a client of ours would never send."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Receive, Scope, Send

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HEAD = b"POST /told HTTP/1.1\r\nHost: arende.test\r\n"


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that answers who called, how many headers came, and the body."""
    if scope["type"] != "http":
        raise NotImplementedError
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body, more = body + message["body"], message["more_body"]
    told = f"{scope['client'][0]} {len(scope['headers'])} ".encode() + body
    length = [(b"content-length", str(len(told)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": told})


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def rest(reader: asyncio.StreamReader, *, seconds: float = 10) -> bytes:
    """All that comes until the server closes the connection. Raises TimeoutError where it does not."""
    received = b""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(seconds):
            while chunk := await reader.read(65536):
                received += chunk
    return received


async def answer_to(port: int, request: bytes) -> bytes:
    """For a request after which the server closes the connection."""
    async with connected(port) as (reader, writer):
        writer.write(request)
        return await rest(reader)
