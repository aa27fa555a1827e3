"""The relay: sends the events of the outbox in batches, and deletes those that were confirmed."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import bindparam, delete, func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import telemetry
from shared.bus import dead_letters
from shared.bus.pace import BATCH, Pace
from shared.bus.transport import Message, Transport, TransportDown, Unroutable
from shared.database.engine import Database
from shared.database.tables import outbox
from shared.events import traceparent_of
from shared.kill_points import kill_point
from shared.loop import Wake, stopped
from shared.patience import Pauses

log = logging.getLogger("arende.relay")

# Only one relay of a database sends at a time, which keeps the order. The lock ends with the transaction, and
# the rows need no locks of their own. The commit does not wait for the disk: after a crash of the server the
# rows may be there again, and are sent again under the same ids, which every inbox recognises.
_CLAIM = text(
    "with leader as materialized (select pg_try_advisory_xact_lock(7301)"
    " and set_config('synchronous_commit', 'off', true) is not null as ours)"
    " select position, event_id, type, body, (select max(position) from outbox) as newest"
    " from outbox where (select ours from leader)"
    " order by position limit :size"
)
# The length is the span of the positions, so that a backlog need not be read. Writes that were rolled back
# have left gaps in it.
_MEASURE = text(
    "select coalesce(max(position) - min(position) + 1, 0), coalesce(extract(epoch from now() -"
    " (select added_at from outbox order by position limit 1)), 0) from outbox"
)
_SENT = delete(outbox).where(outbox.c.position == func.any(bindparam("positions")))
SHORTEST_POLL, LONGEST_POLL = 0.001, 0.1
# After an event others often follow, so for so long the relay polls as often as it can.
EAGER_SECONDS = 0.2
# After so many seconds the relay gives up the lock, so that another relay of the same database can have it.
LONGEST_LOOK = 1.0


Again = Callable[[], Awaitable[bool]]


async def _never() -> bool:
    return False


class _Looking:
    """When to look into the outbox again, within one transaction.

    A look is then one round trip, and the relay that looks keeps the lock until it sends. An open transaction
    does not hold back vacuum while it runs no statement.
    """

    def __init__(self, wake: Wake, stop: asyncio.Event) -> None:
        self._wake, self._stop = wake, stop
        self._poll, self._eager_until, self._ends = SHORTEST_POLL, 0.0, 0.0

    def start(self) -> Again:
        self._ends = time.monotonic() + LONGEST_LOOK
        return self._again

    def found(self) -> None:
        self._poll, self._eager_until = SHORTEST_POLL, time.monotonic() + EAGER_SECONDS

    async def _again(self) -> bool:
        if time.monotonic() > self._eager_until:
            self._poll = min(LONGEST_POLL, self._poll * 2)
        await self._wake.wait(self._poll)
        return time.monotonic() < self._ends and not self._stop.is_set()


class Relay:
    """Polls often after an event and seldom when idle; a commit in the same process wakes it at once."""

    def __init__(self, database: Database, transport: Transport, *, service: str, wake: Wake) -> None:
        self.database = database
        self.transport = transport
        self.service = service
        self.wake = wake
        self.pace = Pace()

    async def run(self, stop: asyncio.Event) -> None:
        looking, pauses = _Looking(self.wake, stop), Pauses()
        while not stop.is_set():
            size = self.pace.size
            try:
                sent = await self.send_batch(size, again=looking.start())
            except (TransportDown, SQLAlchemyError, OSError) as error:
                facts = {"error": type(error).__name__, "cause": type(error.__cause__).__name__}
                log.warning("relay pauses", extra={"facts": facts})
                await pauses.wait(stop)
                continue
            if sent:
                looking.found()
            if sent == size:
                await stopped(stop, self.pace.rest())

    async def send_batch(self, size: int = BATCH, *, again: Again = _never) -> int:
        """Claim events, send them, delete those that were confirmed; returns how many. While there are none,
        it looks `again`.

        Raises TransportDown where some were not confirmed. They stay in the outbox, and after a pause a relay
        claims them again and sends them under the same ids.
        """
        async with self.database.transaction() as session:
            rows: Any
            while not (rows := (await session.execute(_CLAIM, {"size": size})).all()):
                if not await again():
                    return 0
            self.pace.saw(rows[0].newest, claimed=len(rows))
            kill_point("relay-after-claim")
            messages = [Message(row.event_id, row.type, row.body) for row in rows]
            with telemetry.relayed(traceparent_of(message.body) for message in messages):
                confirms = await self.transport.publish(messages)
            kill_point("relay-after-confirm")
            for message in messages:
                if message.id in confirms.unroutable:
                    await _park(session, message)
            left = confirms.confirmed | confirms.unroutable
            done = [row.position for row in rows if row.event_id in left]
            await session.execute(_SENT, {"positions": done})
        kill_point("relay-after-mark")
        telemetry.RELAYED.labels(self.service).inc(len(done))
        if len(done) < len(rows):
            raise TransportDown(f"{len(rows) - len(done)} of {len(rows)} events are not confirmed")
        return len(done)

    async def measure(self) -> None:
        """Tell the alerts how many events wait, at most, and how long the oldest has waited."""
        async with self.database.transaction() as session:
            length, seconds = (await session.execute(_MEASURE)).one()
        telemetry.OUTBOX_LENGTH.labels(self.service).set(length)
        telemetry.OUTBOX_AGE.labels(self.service).set(float(seconds))


async def _park(session: AsyncSession, message: Message) -> None:
    """Keep an event that no queue takes as a dead letter, like every message that could not be handled."""
    await dead_letters.keep(
        session,
        queue=dead_letters.UNROUTED,
        body=message.body,
        event_id=message.id,
        event_type=message.type,
        error=Unroutable("no queue is bound to its type"),
        wait=None,
    )
