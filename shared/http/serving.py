"""HTTP servers within a running loop."""

import asyncio
import contextlib
import functools
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from shared.failures import Failure
from shared.http.protocol import Bounds, StrictHttp
from shared.http.proxies import BehindProxies
from shared.networks import TrustedProxies

# Of the server's ticks, ten a second: how often each connection is asked whether it moves.
TICKS = 5


class _Server(uvicorn.Server):
    """Signals are the process's matter, not each server's."""

    def __init__(self, config: uvicorn.Config, leaving: asyncio.Event | None) -> None:
        super().__init__(config)
        self.leaving = leaving

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        if self.leaving is not None and self.leaving.is_set():
            # No client should keep a connection for a next request to a process that leaves.
            self.config.encoded_headers = [(b"connection", b"close")]
        if counter % TICKS == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, StrictHttp):
                    connection.require_progress(now)
        return await super().on_tick(counter)


@asynccontextmanager
async def serving(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    trusted_proxies: str = "0",
    bounds: Bounds | None = None,
    answer_seconds: float = 20.0,
    leaving: asyncio.Event | None = None,
) -> AsyncIterator[int]:
    """Serve while the block runs; gives the port (chosen freely where `port` is 0).

    At the end of the block no new connection is accepted, and what was begun has `answer_seconds` to be
    answered. Within a second of `leaving`, answers ask their clients to close the connection. Raises
    Failure where the port is taken.
    """
    listener = _listener(host, port)
    config = _configured(
        BehindProxies(app, TrustedProxies.read(trusted_proxies)), bounds or Bounds(), answer_seconds
    )
    server = _Server(config, leaving)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not task.done():
            await asyncio.wait({task}, timeout=0.01)
        if task.done():
            task.result()
            raise RuntimeError("the application did not start")
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _configured(app: ASGIApp, bounds: Bounds, answer_seconds: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=functools.partial(StrictHttp, bounds=bounds),  # type: ignore[arg-type] # it is only called
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=int(answer_seconds),
        server_header=False,
        date_header=False,
    )


def _listener(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), reuse_port=False)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise Failure(f"{host}:{port} can't be listened on: {reason}") from error
