"""Waiting for a server that can't be reached: at the start of a process, and while it runs."""

import asyncio
import time
from collections.abc import Callable

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry,
    retry_if_exception,
    wait_random_exponential,
)

from shared.loop import stopped
from shared.outages import is_down

WAIT_SECONDS = 60.0


class _Patience:
    seconds = WAIT_SECONDS


def wait_at_most(seconds: float) -> None:
    """How long this process waits from now on; WAIT_SECONDS unless told otherwise."""
    _Patience.seconds = seconds


def _used_up(state: RetryCallState) -> bool:
    return (state.seconds_since_start or 0.0) >= _Patience.seconds


# For work that is done once, before anything is served, such as migrations: jobs and servers start in any
# order. An API never waits like this, it returns what it can.
patiently = retry(
    retry=retry_if_exception(is_down),
    wait=wait_random_exponential(multiplier=0.2, max=5),
    stop=_used_up,
    reraise=True,
)

# A worker that waits for its database must be seen to move between two checks of its queues
# (WATCH_SECONDS in shared/bus/rabbitmq.py), and an attempt may take as long as a connection's time limit.
LONGEST_PAUSE = 4.0
_PAUSE = wait_random_exponential(multiplier=1, min=0.1, max=LONGEST_PAUSE)


class Pauses:
    """The pauses between one loop's attempts to reach a server.

    They are random, so that many processes don't come back at the same moment, and longer with each failure
    in a row, up to LONGEST_PAUSE seconds. After an attempt that held longer than that, a new row begins.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ended = clock()
        self._row = _new_row()

    def next(self) -> float:
        """The seconds to wait after an attempt that has failed just now."""
        if self._clock() - self._ended > LONGEST_PAUSE:
            self._row = _new_row()
        seconds = _PAUSE(self._row)
        self._row.prepare_for_next_attempt()
        self._ended = self._clock() + seconds
        return seconds

    async def wait(self, stop: asyncio.Event) -> bool:
        """Wait before the next attempt, or until `stop` is set; returns whether it is time to stop."""
        return await stopped(stop, self.next())


def _new_row() -> RetryCallState:
    return RetryCallState(AsyncRetrying(), None, (), {})
