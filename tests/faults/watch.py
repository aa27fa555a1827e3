"""Measures outages, and counts suppressed duplicates, while faults are applied."""

import asyncio
import time
from types import TracebackType

from tests.faults.rig import Rig

EVERY_SECONDS = 0.5


class Watch:
    """`longest_outage` is the longest time, in seconds, in which events waited and none took effect."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.longest_outage = 0.0
        self.suppressed = 0
        self._moved = time.monotonic()
        self._effects = 0

    async def __aenter__(self) -> "Watch":
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._once()
        self._looking.cancel()
        await asyncio.wait({self._looking})

    async def _look(self) -> None:
        while True:
            await self._once()
            await asyncio.sleep(EVERY_SECONDS)

    async def _once(self) -> None:
        self.suppressed = await self.rig.suppressed()
        effects, now = await self.rig.ledger.progress(), time.monotonic()
        if effects is not None and (effects != self._effects or effects >= self.rig.ledger.accepted):
            self._effects, self._moved = effects, now
        self.longest_outage = max(self.longest_outage, now - self._moved)
