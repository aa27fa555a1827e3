"""The bus on real servers, with a probe service on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from arende.databases import Databases
from shared.bus.declaration import declare_all
from shared.bus.inprocess import InProcess
from shared.bus.rabbitmq import RabbitMQ
from shared.bus.transport import Transport
from shared.events import TYPES
from shared.ids import uuid7
from shared.settings import ServiceSettings
from tests.shared.bus.probe import Probe, Running, TransportFor


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


@pytest.fixture
def running(common_settings: Any, probe_tables: None) -> Running:
    """`async with running(transport_for) as probe`: a probe whose worker runs."""

    @asynccontextmanager
    async def run(transport_for: TransportFor) -> AsyncIterator[Probe]:
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


@pytest.fixture
async def probe(common_settings: Any, probe_tables: None) -> AsyncIterator[Probe]:
    """A probe whose worker does not run."""
    probe = Probe(
        ServiceSettings(**common_settings("billing"), service="billing"), f"probe-{uuid7().hex[-12:]}"
    )
    yield probe
    await probe.database.close()


@pytest.fixture(params=["in-process", pytest.param("rabbitmq", marks=pytest.mark.servers)])
def transport_for(request: pytest.FixtureRequest) -> TransportFor:
    async def make(probe: Probe) -> Transport:
        if request.param == "in-process":
            return InProcess(services=1)
        url = request.getfixturevalue("rabbit").url
        await declare_all(url, [probe.handlers], unread=TYPES)
        return RabbitMQ(url, name=probe.prefix, watch_seconds=2)

    return make
