"""How fast the relay sends a backlog: as fast as it can, but slowly as long as requests write too."""

import time
from collections.abc import Callable

BATCH = 500
# While requests write, a batch is so small that a request waits for it a few milliseconds at most, and the
# relay rests four times as long as it works.
SMALL_BATCH = 50
RESTS = 4.0
# For so long after the last row that somebody wrote, requests are expected.
COMPANY_SECONDS = 1.0


class Pace:
    """The pace of one relay, between full batches.

    Others write if the newest position grows. If they add more than half as many rows as are sent, the relay
    does not slow down for them: the backlog would never end.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._newest: int | None = None
        self._began = 0.0
        self._company_until = 0.0
        self._outrun = False

    def saw(self, newest: int, *, claimed: int) -> None:
        """Note the highest waiting position just before `claimed` rows are sent."""
        self._began = self._clock()
        added = 0 if self._newest is None else newest - self._newest
        self._newest, self._outrun = newest, 2 * added > claimed
        if added > 0:
            self._company_until = self._began + COMPANY_SECONDS

    @property
    def size(self) -> int:
        """How many rows to send at once."""
        return SMALL_BATCH if self._gives_way() else BATCH

    def rest(self) -> float:
        """How many seconds to rest after a full batch."""
        return RESTS * (self._clock() - self._began) if self._gives_way() else 0.0

    def _gives_way(self) -> bool:
        return not self._outrun and self._clock() < self._company_until
