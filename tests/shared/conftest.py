"""A probe service: reactions of our own over a real database, to put the bus to the test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncSession

from arende.provision import Databases
from shared.bus import outbox
from shared.bus.declaration import declare_all
from shared.bus.handlers import Handlers
from shared.bus.inprocess import InProcess
from shared.bus.rabbitmq import RabbitMQ
from shared.bus.transport import Message, Transport
from shared.events import TYPES, Event
from shared.events.billing import CaseManagementActivated, InvoiceIssued
from shared.ids import uuid7
from shared.settings import ServiceSettings
from shared.worker import Worker
from tests.conftest import eventually


@pytest.fixture(scope="session")
def probe_tables(databases: Databases) -> None:
    """A table of effects in a schema of its own; the product's schema stays as its migrations made it."""

    async def create() -> None:
        url = make_url(databases.url("billing", "owner")).set(drivername="postgresql")
        owner = await asyncpg.connect(url.render_as_string(hide_password=False))
        await owner.execute(
            "create schema if not exists probe;"
            "create table if not exists probe.effects (queue text, event_id uuid);"
            "grant usage on schema probe to arende_billing_worker;"
            "grant all on probe.effects to arende_billing_worker"
        )
        await owner.close()

    asyncio.run(create())


class Probe:
    """One running worker whose reactions write effects; `faults` decides which events fail, and how."""

    def __init__(self, settings: ServiceSettings, prefix: str) -> None:
        self.prefix = prefix
        self.faults: dict[UUID, list[Exception]] = {}
        self.handlers = Handlers(prefix)
        self._register()
        self.worker = Worker(settings, handlers=self.handlers)
        self.database = self.worker.database
        self.bureau = uuid7()

    def _register(self) -> None:
        @self.handlers.on(CaseManagementActivated, queue="one")
        async def one(event: CaseManagementActivated, session: AsyncSession) -> None:
            await self._effect(session, "one", event)

        @self.handlers.on(CaseManagementActivated, queue="other")
        async def other(event: CaseManagementActivated, session: AsyncSession) -> None:
            await self._effect(session, "other", event)

    async def _effect(self, session: AsyncSession, queue: str, event: Event) -> None:
        await session.execute(
            text("insert into probe.effects values (:queue, :id)"),
            {"queue": f"{self.prefix}.{queue}", "id": event.id},
        )
        planned = self.faults.get(event.id)
        if queue == "one" and planned:
            raise planned.pop(0)

    def event(self) -> CaseManagementActivated:
        return CaseManagementActivated(
            bureau_id=self.bureau, subscription_id=uuid7(), activated_on="2026-11-01"
        )

    def unread_event(self) -> InvoiceIssued:
        return InvoiceIssued(
            bureau_id=self.bureau,
            invoice_id=uuid7(),
            number="1",
            month="2026-11",
            quantity=1,
            amount=1,
            vat=1,
            total=2,
            due_on="2026-12-31",
        )

    async def publish(self, *events: Event) -> None:
        async with self.database.transaction() as session:
            outbox.add(session, *events)

    async def publish_raw(self, message: Message) -> None:
        """As somebody else's mistake would come: around the outbox's own checks."""
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


Running = Callable[..., Any]


@pytest.fixture
def running(common_settings: Any, probe_tables: None, tmp_path: Path) -> Running:
    """`async with running(transport_for) as probe`: a probe whose worker runs."""

    @asynccontextmanager
    async def run(transport_for: Callable[[Probe], Awaitable[Transport]]) -> AsyncIterator[Probe]:
        settings = ServiceSettings(**common_settings("billing"), service="billing")
        probe = Probe(settings, f"probe-{uuid7().hex[-12:]}")
        transport = await transport_for(probe)
        stop = asyncio.Event()
        task = asyncio.create_task(probe.worker.run(transport, stop))
        try:
            yield probe
        finally:
            stop.set()
            await task
            await transport.close()

    return run


@pytest.fixture(params=["in-process", pytest.param("rabbitmq", marks=pytest.mark.servers)])
def transport_for(request: pytest.FixtureRequest) -> Callable[[Probe], Awaitable[Transport]]:
    async def make(probe: Probe) -> Transport:
        if request.param == "in-process":
            return InProcess(services=1)
        url = request.getfixturevalue("rabbit").url
        await declare_all(url, [probe.handlers], unread=TYPES)
        return RabbitMQ(url, name=probe.prefix, watch_seconds=0.5)

    return make
