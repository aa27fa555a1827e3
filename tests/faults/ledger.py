"""The judge: compares every accepted write with the outbox, the effects and the dead letters."""

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


# A verdict must have 0 of each of these.
WRONGS = ("lost", "double_effects", "phantom", "sequences_backwards", "copies_behind")


@dataclass
class Ledger:
    """The writes that the API has accepted (201), as the harness knows them, compared with the databases.

    The judge's connections avoid the proxies and use the superuser's role, so that no fault hinders it.
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
        """A number that grows with each effect; None while the database is away."""
        try:
            (row,) = await _ask(self.reader_url, "select coalesce(max(n), 0) as n from probe.effects")
        except _TROUBLE:
            return None
        return int(row["n"])

    async def drained(self) -> bool:
        """Whether nothing waits in the outbox or for another attempt, and every accepted event is applied or
        parked."""
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
        """The accepted events that wait for an operator to replay them."""
        rows = await _ask(self.reader_url, _PARKED)
        return {row["event_id"] for row in rows} & (self.failing | self.applying)

    async def _copies_behind(self) -> int:
        """The number of subjects whose copy has not the last accepted sequence."""
        rows = await _ask(self.reader_url, "select subject, sequence from probe.copies")
        copies = {row["subject"]: row["sequence"] for row in rows}
        return sum(copies.get(subject) != sequence for subject, sequence in self.last.items())

    async def verdict(self) -> dict[str, int]:
        """Every accepted event must be applied or parked, and there may be no second and no other effect."""
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
