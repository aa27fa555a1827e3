"""Waiting inside a process: until there may be work, or until it is time to stop."""

import asyncio
import contextlib
import signal


class Wake:
    """Tells a waiting loop in the same process that there may be work; safe to call from any task."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Returns at the wake-up or after that many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()


async def stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Wait that long, or until `stop` is set; returns whether it is time to stop."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
    return stop.is_set()


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` at SIGTERM and at Ctrl-C."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
