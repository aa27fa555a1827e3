"""HTTP servers within a running loop, and the signals that end a process in order."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 20


class _Server(uvicorn.Server):
    """Signals are the process's matter, not each server's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def settle() -> None:
    """What start-up has made stays until the end: no collection of garbage looks at it again."""
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def serving(
    app: ASGIApp, *, host: str, port: int, trusted_proxies: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """Serve while the block runs; gives the port (chosen freely where `port` is 0). Requests that have
    begun are answered before it ends. OSError where the port is taken."""
    listener = socket.create_server((host, port), reuse_port=False)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        forwarded_allow_ips=trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        date_header=False,
    )
    server = _Server(config)
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
