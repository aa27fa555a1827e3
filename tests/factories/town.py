"""All five services in one process on databases of their own, which move on only when they are told to."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI
from sqlalchemy import make_url

from arende.databases import Databases
from arende.local.front import Front
from arende.local.postgres import PostgresServer
from arende.registry import NAMES, SERVICES
from shared.bus import dead_letters
from shared.bus.inprocess import InProcess
from shared.bus.relay import Relay
from shared.database import migrations
from shared.loop import Wake
from tests.contracts.documented import DocumentedTransport
from tests.factories.keys import CREDENTIALS_SECRET, ISSUER, LINK_SECRET, Keys
from tests.factories.service import Service, serve

WEB_URL = "https://app.arende.example"
# An event that came before what it needs is tried again at once.
RETRIES = (0.0,) * 8


@dataclass(frozen=True)
class Town:
    """`services` have one client in common, which reaches each path at its owner."""

    databases: Databases
    client: httpx.AsyncClient
    services: Mapping[str, Service]
    relays: Mapping[str, Relay]

    @property
    def identity(self) -> Service:
        return self.services["identity"]

    async def settle(self) -> None:
        """Deliver all events, and those that they cause, until nothing waits. None may be parked."""
        moved = 1
        while moved:
            moved = 0
            for relay in self.relays.values():
                moved += await relay.send_batch()
            for service in self.services.values():
                moved += await service.consumer.retry_due()
        for name, service in self.services.items():
            async with service.database.transaction() as session:
                parked = await dead_letters.list_oldest(session, cause=None)
            assert parked == [], (name, [(row.queue, row.cause, row.error) for row in parked])

    async def admin(self, service: str) -> asyncpg.Connection:
        """A connection that no wall keeps from any row."""
        url = make_url(self.databases.admin_url).set(drivername="postgresql", database=f"arende_{service}")
        return await asyncpg.connect(url.render_as_string(hide_password=False))


@asynccontextmanager
async def running(databases: Databases, keys: Keys, **settings: Any) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        served: dict[str, Service] = {}
        for name, service in SERVICES.items():
            values = {**_settings(databases, keys, name), **settings}
            known = {
                field: value for field, value in values.items() if field in service.settings.model_fields
            }
            served[name] = await stack.enter_async_context(serve(service.settings(**known), keys))
        front = Front({name: each.app for name, each in served.items()}, FastAPI())
        transport = DocumentedTransport(app=front, raise_app_exceptions=False)
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://arende.test")
        )
        bus = InProcess(services=len(SERVICES))
        for each in served.values():
            bus.subscribe(each.consumer)
        relays = {name: Relay(each.database, bus, service=name, wake=Wake()) for name, each in served.items()}
        yield Town(databases, client, {n: replace(each, client=client) for n, each in served.items()}, relays)


def _settings(databases: Databases, keys: Keys, service: str) -> dict[str, Any]:
    return {
        "environment": "test",
        "database_url": databases.url(service, "api"),
        "worker_database_url": databases.url(service, "worker"),
        "owner_database_url": databases.url(service, "owner"),
        "jwks_file": keys.public_file,
        "signing_keys_file": keys.private_file,
        "link_secret": LINK_SECRET,
        "credentials_secret": CREDENTIALS_SECRET,
        "issuer": ISSUER,
        "retry_delays": RETRIES,
        "password_memory_kib": 64,
        "password_rounds": 1,
        "web_url": WEB_URL,
    }


@asynccontextmanager
async def founded(folder: Path, keys: Keys, **settings: Any) -> AsyncIterator[Town]:
    """A town on a PostgreSQL of its own, whose data and files are in the folder."""
    with await asyncio.to_thread(
        PostgresServer.start, folder / "postgres", settings={"fsync": "off"}
    ) as server:
        databases = Databases(server.url, secret="tests")
        await databases.provision()
        for service in NAMES:
            await asyncio.to_thread(migrations.upgrade, service, databases.url(service, "owner"))
        async with running(databases, keys, files_folder=folder / "files", **settings) as town:
            yield town
