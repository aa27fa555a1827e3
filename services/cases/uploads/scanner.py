"""The virus scanner: clamd, which is sent a whole file and says what it found (INSTREAM of clamd(8)).

A file is sent when all of it has come, not while it comes: clamd keeps a thread for each stream, and a few
slow senders would leave none for the others.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.cases.uploads.errors import ScannerUnavailable

log = logging.getLogger("arende.scanner")

SENT_AT_ONCE = 1 << 18
LONGEST_ANSWER = 4096


async def find_virus(path: Path, *, clamd: str, seconds: float) -> str | None:
    """The name of what clamd finds in the file; None where it finds nothing. `clamd` is a host and port, or
    the path of a socket. Raises ScannerUnavailable where there is no answer in time, or neither of these."""
    try:
        async with asyncio.timeout(seconds), _connection(clamd) as (reader, writer):
            writer.write(b"zINSTREAM\0")
            await _send(path, writer)
            answer = await reader.readuntil(b"\0")
    # The connection is refused, broken or silent; the answer never ends, or clamd has refused the stream.
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise _unavailable(type(error).__name__) from error
    said = answer[:-1].decode("ascii", "replace")
    if said == "stream: OK":
        return None
    name = said.removeprefix("stream: ").removesuffix(" FOUND")
    if said != f"stream: {name} FOUND":
        # Not what it said: a server that is no clamd may say anything.
        raise _unavailable("size limit of clamd" if "size limit" in said else "unknown answer")
    return name


async def _send(path: Path, writer: asyncio.StreamWriter) -> None:
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, SENT_AT_ONCE):
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await writer.drain()
    writer.write(bytes(4))
    await writer.drain()


@asynccontextmanager
async def _connection(clamd: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    if clamd.startswith("/"):
        reader, writer = await asyncio.open_unix_connection(clamd, limit=LONGEST_ANSWER)
    else:
        host, _, port = clamd.rpartition(":")
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port), limit=LONGEST_ANSWER)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def _unavailable(reason: str) -> ScannerUnavailable:
    log.warning("a file could not be scanned", extra={"facts": {"reason": reason}})
    return ScannerUnavailable()
