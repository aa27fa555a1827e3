"""A small service to put the bus to the test: its reactions leave an effect, and fail as they are told to."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import outbox
from shared.bus.handlers import Handlers
from shared.bus.transport import Message, Transport
from shared.events import Event
from shared.events.billing import CaseManagementActivated, CaseManagementEnded, InvoiceIssued
from shared.settings import ServiceSettings
from shared.worker import Worker
from tests.conftest import eventually
from tests.factories.events import event_of
from tests.factories.records import Bureau, Invoice


class Probe:
    """A worker with two reactions to one event, and to another one a reaction and a copy. `faults` are the
    errors that the first of them raises for an event, one at each attempt."""

    def __init__(self, settings: ServiceSettings, prefix: str) -> None:
        self.prefix = prefix
        self.faults: dict[UUID, list[Exception]] = {}
        self.handlers = Handlers(prefix)
        self._register()
        self.worker = Worker(settings, handlers=self.handlers)
        self.database = self.worker.database
        self.bureau = Bureau()

    def _register(self) -> None:
        @self.handlers.on(CaseManagementActivated, queue="one")
        async def one(event: CaseManagementActivated, session: AsyncSession) -> None:
            await self._effect(session, "one", event)

        @self.handlers.on(CaseManagementActivated, queue="other")
        async def other(event: CaseManagementActivated, session: AsyncSession) -> None:
            await self._effect(session, "other", event)

        @self.handlers.on(CaseManagementEnded, queue="end")
        async def end(event: CaseManagementEnded, session: AsyncSession) -> None:
            await self._effect(session, "end", event)

        @self.handlers.on_batch(CaseManagementEnded, queue="track")
        async def track(events: Sequence[CaseManagementEnded], session: AsyncSession) -> None:
            for event in events:
                await self._effect(session, "track", event)

    async def _effect(self, session: AsyncSession, queue: str, event: Event) -> None:
        await session.execute(
            text("insert into probe.effects values (:queue, :id)"),
            {"queue": f"{self.prefix}.{queue}", "id": event.id},
        )
        planned = self.faults.get(event.id)
        if queue == "one" and planned:
            raise planned.pop(0)

    def event(self) -> CaseManagementActivated:
        return event_of(CaseManagementActivated, self.bureau, activated_on=date(2026, 11, 1))

    def end_event(self, **overrides: Any) -> CaseManagementEnded:
        return event_of(CaseManagementEnded, self.bureau, **overrides)

    def unread_event(self) -> InvoiceIssued:
        return event_of(InvoiceIssued, Invoice(self.bureau.id))

    async def publish(self, *events: Event) -> None:
        async with self.database.transaction() as session:
            outbox.add(session, *events)

    async def publish_raw(self, message: Message) -> None:
        """Publish what the outbox itself would not write, as a faulty release might."""
        await self.rows(
            "insert into outbox (event_id, type, body) values (:id, :type, :body) returning 1",
            id=message.id,
            type=message.type,
            body=message.body,
        )

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.execute(text(sql), values)).all())

    async def effects(self, event: Event) -> list[str]:
        rows = await self.rows(
            "select queue from probe.effects where event_id = :id order by queue", id=event.id
        )
        return [row.queue.rsplit(".", 1)[1] for row in rows]

    async def dead_letters(self, event: Event | None = None) -> list[Any]:
        rows = await self.rows("select * from dead_letters where queue like :own", own=f"{self.prefix}.%")
        return [row for row in rows if event is None or row.event_id == event.id]

    async def outbox_is_empty(self) -> bool:
        return not await self.rows("select 1 from outbox limit 1")

    async def handled(self, *events: Event) -> None:
        """Wait until both reactions have taken effect for each of these."""

        async def all_there() -> bool:
            rows = await self.rows(
                "select count(*) as n from probe.effects where event_id = any(:ids) and queue like :own",
                ids=[event.id for event in events],
                own=f"{self.prefix}.%",
            )
            return bool(rows[0].n >= 2 * len(events))

        await eventually(all_there, seconds=30)


TransportFor = Callable[[Probe], Awaitable[Transport]]
Running = Callable[[TransportFor], AbstractAsyncContextManager[Probe]]
