"""A TCP proxy that hinders connections as a bad network does."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["pass", "refuse", "stall", "delay"]
CHUNK = 65_536


@dataclass
class TcpProxy:
    """Listens on a port of its own, and connects to the first of its `targets` that accepts.

    `mode` holds for open and new connections. `pass` hinders nothing; `refuse` closes new connections at
    once; `stall` holds all data back and loses none; `delay` holds each chunk back for `delay` seconds.
    `hindered` counts the connections and chunks that were hindered.
    """

    targets: Sequence[int]
    mode: Mode = "pass"
    delay: float = 0.05
    port: int = 0
    hindered: int = 0
    _server: asyncio.Server | None = None
    _open: dict[asyncio.StreamWriter, asyncio.StreamWriter] = field(default_factory=dict)
    _gone: set[asyncio.StreamWriter] = field(default_factory=set)
    _moving: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> "TcpProxy":
        self._moving.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def set(self, mode: Mode) -> None:
        self.mode = mode
        (self._moving.clear if mode == "stall" else self._moving.set)()

    def cut(self) -> int:
        """Reset every open connection. Returns how many there were."""
        cut = len(self._open)
        for client, server in list(self._open.items()):
            client.transport.abort()
            server.transport.abort()
        return cut

    def half_open(self) -> int:
        """Reset every connection to the server only, so that clients go on sending to a peer that is gone.
        New connections pass. Returns how many there were."""
        self._gone |= set(self._open)
        for server in self._open.values():
            server.transport.abort()
        return len(self._open)

    async def stop(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "refuse":
            self.hindered += 1
            writer.transport.abort()
            return
        found = await self._connect()
        if found is None:
            writer.transport.abort()
            return
        there, back = found
        self._open[writer] = back
        try:
            asks, answers = (
                asyncio.ensure_future(self._move(*way)) for way in ((reader, back), (there, writer))
            )
            await asyncio.wait({asks, answers}, return_when=asyncio.FIRST_COMPLETED)
            if writer in self._gone:
                await asks
            asks.cancel()
            answers.cancel()
        finally:
            del self._open[writer]
            self._gone.discard(writer)
            for end in (writer, back):
                end.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for target in self.targets:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", target)
        return None

    async def _move(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK):
                self.hindered += self.mode != "pass"
                await self._moving.wait()
                if self.mode == "delay":
                    await asyncio.sleep(self.delay)
                if not sink.is_closing():
                    sink.write(data)
                    await sink.drain()
