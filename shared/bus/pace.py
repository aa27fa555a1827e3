"""How fast a backlog is sent: as fast as can be, and giving way as long as others write."""

import time
from collections.abc import Callable

BATCH = 500
# What a request may have to wait for: a few milliseconds of work, a fifth of the time.
SMALL_BATCH = 50
RESTS = 4.0
# So long after somebody's last row there are requests to give way to.
COMPANY_SECONDS = 1.0


class Pace:
    """Of one relay, between full batches. Others write where the newest position grows; who adds more than
    half of what is sent is not given way to, or the backlog would never end."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._newest: int | None = None
        self._began = 0.0
        self._company_until = 0.0
        self._outrun = False

    def saw(self, newest: int, *, claimed: int) -> None:
        """`newest`: the highest position that waits when so many rows begin their way."""
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
        """Seconds, after a full batch."""
        return RESTS * (self._clock() - self._began) if self._gives_way() else 0.0

    def _gives_way(self) -> bool:
        return not self._outrun and self._clock() < self._company_until
