"""The oracle: every accepted write against outbox, effects and parked rows."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

_TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
_PARKED = (
    "select event_id from dead_letters where state = 'parked' and queue = 'billing.probe-effect'"
    " and event_id is not null"
)


# What a verdict must count none of.
WRONGS = ("lost", "double_effects", "phantom", "sequences_backwards", "copies_behind")


@dataclass
class Ledger:
    """What was accepted (answered 201), by the harness's own books; read against the two databases.

    The connections go around the proxies and under the superuser's role: the judge is not on trial.
    """

    writer_url: str
    reader_url: str
    applying: set[UUID] = field(default_factory=set)
    failing: set[UUID] = field(default_factory=set)
    last: dict[UUID, int] = field(default_factory=dict)
    recent: deque[tuple[UUID, UUID, int]] = field(default_factory=lambda: deque(maxlen=2000))

    @property
    def accepted(self) -> int:
        return len(self.applying) + len(self.failing)

    def accept(self, subject: UUID, first: int, ids: list[UUID], *, applies: bool) -> None:
        (self.applying if applies else self.failing).update(ids)
        self.last[subject] = first + len(ids) - 1
        self.recent.extend(
            (event_id, subject, sequence) for sequence, event_id in enumerate(ids, start=first)
        )

    async def progress(self) -> int | None:
        """A number that grows with each effect; None while the database can't be asked."""
        try:
            (row,) = await _ask(self.reader_url, "select coalesce(max(n), 0) as n from probe.effects")
        except _TROUBLE:
            return None
        return int(row["n"])

    async def drained(self) -> bool:
        """Nothing waits in the outbox or for a next attempt, and every accepted event has its end."""
        try:
            if await _ask(self.writer_url, "select 1 from outbox limit 1"):
                return False
            if await _ask(self.reader_url, "select 1 from dead_letters where state = 'waiting' limit 1"):
                return False
            (effects,) = await _ask(
                self.reader_url, "select count(distinct event_id) as n from probe.effects"
            )
            parked = len(await self._parked()) if effects["n"] < self.accepted else 0
            if effects["n"] + parked < self.accepted:
                return False
            return await self._copies_behind() == 0
        except _TROUBLE:
            return False

    async def _parked(self) -> set[UUID]:
        """Accepted events whose effect an operator must replay."""
        rows = await _ask(self.reader_url, _PARKED)
        return {row["event_id"] for row in rows} & (self.failing | self.applying)

    async def _copies_behind(self) -> int:
        """Subjects whose copy is not at the last sequence that was accepted."""
        rows = await _ask(self.reader_url, "select subject, sequence from probe.copies")
        copies = {row["subject"]: row["sequence"] for row in rows}
        return sum(copies.get(subject) != sequence for subject, sequence in self.last.items())

    async def verdict(self) -> dict[str, int]:
        """Accepted = applied + parked; one effect per event; no effect without an accepted write."""
        accepted = self.applying | self.failing
        effects = [
            row["event_id"] for row in await _ask(self.reader_url, "select event_id from probe.effects")
        ]
        applied = set(effects)
        parked = await self._parked() - applied
        (backwards,) = await _ask(self.reader_url, "select count(*) as n from probe.backwards")
        return {
            "accepted": len(accepted),
            "applied": len(applied & accepted),
            "parked": len(parked),
            "lost": len(accepted - applied - parked),
            "double_effects": len(effects) - len(applied),
            "phantom": len(applied - accepted),
            "sequences_backwards": backwards["n"],
            "copies_behind": await self._copies_behind(),
        }


async def _ask(url: str, sql: str) -> list[Any]:
    async with asyncio.timeout(60):
        connection = await asyncpg.connect(url, timeout=5)
        try:
            rows: list[Any] = await connection.fetch(sql)
            return rows
        finally:
            await connection.close(timeout=5)
