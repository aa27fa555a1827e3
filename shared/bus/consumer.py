"""Handling the messages that a transport delivers, so that each has its effect exactly once.

Many messages are handled in one transaction: inbox, effects and new outbox rows commit together, and
only then does the transport acknowledge. A batch that fails is rolled back and handled in parts, so that
a poison message harms no other.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import telemetry
from shared.bus import dead_letters, outbox
from shared.bus.handlers import Handlers, Reaction
from shared.bus.inbox import first_time
from shared.database.engine import Cause, Database
from shared.database.walls import set_tenant
from shared.errors import NotFound, ServiceError
from shared.events import Event, UnreadableEvent, from_wire
from shared.kill_points import kill_point
from shared.outages import DatabaseDown, is_down, sqlstate

# Deadlock and serialization failure: another transaction was in the way, and a second try mostly works.
_COLLIDED = ("40P01", "40001")
DELAYS = (10.0, 60.0, 600.0, 3600.0)


class KilledItsProcess(Exception):
    """Every process that handled this message ended while it did so."""


class Consumer:
    """One service's reactions, with the database of its worker."""

    def __init__(self, database: Database, handlers: Handlers, *, delays: Sequence[float] = DELAYS) -> None:
        self.service = handlers.service
        self.reactions = handlers.reactions
        self.retired = handlers.retired
        self._formerly: dict[str, list[str]] = defaultdict(list)
        for former, queue in handlers.retired.items():
            self._formerly[queue].append(former)
        self.database = database
        self.delays = delays
        self.progressed: Callable[[str], None] = lambda queue: None

    async def deliver(self, queue: str, bodies: Sequence[bytes]) -> None:
        """Returns when each message is handled, was handled before, waits for a retry or is parked.

        Raises DatabaseDown where nothing could be handled: the messages must be delivered again.
        """
        reaction = self.reactions[queue]
        with _database_down():
            readable = await self._readable(queue, bodies)
            if readable:
                await self._handle_all(reaction, readable)

    async def retry_due(self, stop: asyncio.Event | None = None) -> int:
        """Give every due dead letter its next attempt, until `stop`; returns how many there were. Raises
        DatabaseDown."""
        tried = 0
        with _database_down():
            while stop is None or not stop.is_set():
                async with self.database.transaction() as session:
                    row = await dead_letters.lease_due(session, delays=self.delays)
                if row is None:
                    break
                tried += 1
                await self._retry(row)
        return tried

    async def _readable(self, queue: str, bodies: Sequence[bytes]) -> dict[UUID, tuple[Event, bytes]]:
        readable: dict[UUID, tuple[Event, bytes]] = {}
        for body in bodies:
            try:
                event = from_wire(body)
            except UnreadableEvent as error:
                await self._keep(queue, body, None, error, wait=None)
            else:
                readable[event.id] = (event, body)
        return readable

    async def _handle_all(self, reaction: Reaction, readable: dict[UUID, tuple[Event, bytes]]) -> None:
        """Handle these messages together. Where that fails, handle them in smaller and smaller parts, until a
        message that can't be handled is alone and can be kept as a dead letter."""
        events = [event for event, _ in readable.values()]
        begun: list[UUID] = []
        try:
            try:
                await self._handle(reaction, events, begun)
            except DBAPIError as error:
                if sqlstate(error) not in _COLLIDED:
                    raise
                begun.clear()
                await self._handle(reaction, events, begun)
        except Exception as error:
            self.progressed(reaction.queue)
            if _is_for_later(error):
                raise
            if isinstance(error, TimeoutError):
                await self._require_database()
            if len(readable) > 1:
                for part in _parts(list(readable), begun):
                    await self._handle_all(reaction, {event_id: readable[event_id] for event_id in part})
                return
            ((event, body),) = readable.values()
            wait = None if _is_final(error) or not self.delays else self.delays[0]
            await self._keep(reaction.queue, body, event, error, wait=wait)

    async def _require_database(self) -> None:
        try:
            async with self.database.transaction() as session:
                await session.execute(text("select 1"))
        except Exception as error:
            raise DatabaseDown from error

    async def _handle(self, reaction: Reaction, events: Sequence[Event], begun: list[UUID]) -> None:
        """Take the inbox rows and call the reaction in one transaction. After a failure, the last of `begun`
        is the event that failed; `begun` is empty where it is not known which one did."""
        kill_point("consumer-before-begin")
        async with self.database.transaction() as session:
            fresh = await self._first_time(session, events, reaction)
            kill_point("consumer-after-inbox")
            await _react(reaction, [event for event in events if event.id in fresh], session, begun)
            begun.clear()
            kill_point("consumer-after-effect")
        kill_point("consumer-after-commit")
        self.progressed(reaction.queue)
        now, lag = datetime.now(UTC), telemetry.CONSUMER_LAG.labels(reaction.queue)
        telemetry.HANDLED.labels(reaction.queue, "handled").inc(len(fresh))
        telemetry.HANDLED.labels(reaction.queue, "seen_before").inc(len(events) - len(fresh))
        for event in events:
            # One that was republished tells since when the fact has been so.
            if not event.republished:
                lag.observe(max(0.0, (now - event.time).total_seconds()))

    async def _retry(self, row: dead_letters.Leased) -> None:
        try:
            if row.attempts > max(1, len(self.delays)) + 1:
                # The attempt before this one never ended: it took its process with it. A replay begins with
                # attempt two, so a dead letter that is replayed without any delays still gets its attempt.
                raise KilledItsProcess("at its last attempt")
            event = from_wire(row.body)
            async with self.database.transaction() as session:
                if await dead_letters.remove(session, row.id):
                    await self._react_to_retried(row.queue, event, session)
            telemetry.HANDLED.labels(row.queue, "handled").inc()
        except Exception as error:
            if _is_for_later(error):
                raise
            park = _is_final(error) or row.attempts > len(self.delays)
            async with self.database.transaction() as session:
                await dead_letters.failed_again(session, row.id, error, park=park)
            telemetry.HANDLED.labels(row.queue, "parked" if park else "waiting").inc()

    async def _react_to_retried(self, queue: str, event: Event, session: AsyncSession) -> None:
        if queue == dead_letters.UNROUTED:
            return outbox.add(session, event)
        queue = self.retired.get(queue, queue)
        if queue not in self.reactions:
            raise UnreadableEvent(f"no reaction on {queue}")
        fresh = await self._first_time(session, [event], self.reactions[queue])
        return await _react(self.reactions[queue], [event] if fresh else [], session, [])

    async def _first_time(
        self, session: AsyncSession, events: Sequence[Event], reaction: Reaction
    ) -> set[UUID]:
        """The ids of the events that the reaction takes and has not handled before."""
        ids = [event.id for event in events if reaction.copies or not event.republished]
        formerly = self._formerly.get(reaction.queue, ())
        return await first_time(session, ids, reaction.queue, formerly=formerly) if ids else set()

    async def park_killer(self, queue: str, body: bytes) -> None:
        """Keep a message that the broker has given up: each time that it was delivered, the process ended, by
        this message or by another one of its batch. From now on it is tried alone. Raises DatabaseDown."""
        error = KilledItsProcess("given up by the broker")
        with _database_down():
            try:
                event = from_wire(body)
            except UnreadableEvent:
                await self._keep(queue, body, None, error, wait=None)
            else:
                await self._keep(queue, body, event, error, wait=0.0)

    async def _keep(
        self, queue: str, body: bytes, event: Event | None, error: BaseException, *, wait: float | None
    ) -> None:
        async with self.database.transaction() as session:
            await dead_letters.keep(
                session,
                queue=queue,
                body=body,
                event_id=event.id if event else None,
                event_type=event.type if event else "",
                error=error,
                wait=wait,
            )
        telemetry.HANDLED.labels(queue, "parked" if wait is None else "waiting").inc()


@contextmanager
def _database_down() -> Iterator[None]:
    """Raise DatabaseDown in place of an error which only says that our database can't be reached."""
    try:
        yield
    except Exception as error:
        if is_down(error):
            raise DatabaseDown from error
        raise


async def _react(
    reaction: Reaction, events: Sequence[Event], session: AsyncSession, begun: list[UUID]
) -> None:
    if not events:
        return
    if reaction.batch:
        with telemetry.span(reaction.queue, traceparent=events[0].traceparent, events=len(events)):
            for republished in (False, True):
                if part := [event for event in events if event.republished == republished]:
                    session.info["republished"] = republished
                    await reaction.call(part, session)
        return
    for event in events:
        begun.append(event.id)
        session.info["cause"] = Cause(event.actor_id, event.correlation_id or event.id, event.id)
        await set_tenant(session, event.bureau_id)
        with telemetry.span(reaction.queue, traceparent=event.traceparent):
            await reaction.call(event, session)
            if session.new or session.dirty or session.deleted:
                # A row that the database refuses must fail this event and not the next one.
                await session.flush()


def _parts(ids: list[UUID], begun: list[UUID]) -> list[list[UUID]]:
    """The events before the one that failed, that one alone, and the events after it; or two halves, if it
    is not known which one failed."""
    at = ids.index(begun[-1]) if begun else len(ids) // 2
    parts = [ids[:at], ids[at : at + 1], ids[at + 1 :]] if begun else [ids[:at], ids[at:]]
    return [part for part in parts if part]


def _is_final(error: BaseException) -> bool:
    """Whether another attempt would fail too. A refusal would, but what is not found may be on its way."""
    if isinstance(error, UnreadableEvent):
        return True
    return isinstance(error, ServiceError) and not isinstance(error, NotFound)


def _is_for_later(error: BaseException) -> bool:
    """Whether the database is down, which says nothing about the event. A statement that ran out of time may
    mean either: the event fails then, and if the database is down, the failure can't be written and the
    event is delivered again."""
    return is_down(error) and not isinstance(error, TimeoutError)
