"""One service under test: its API, and the reactions of its worker, in the test's own process."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import select, text

from arende.registry import SERVICES
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.database.tables import outbox
from shared.events import Event, family, from_wire
from shared.settings import ServiceSettings
from tests.contracts.documented import DocumentedTransport
from tests.factories.callers import Caller, Who, bearer
from tests.factories.keys import Keys

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Service:
    app: FastAPI
    client: httpx.AsyncClient
    consumer: Consumer
    keys: Keys

    @property
    def database(self) -> Database:
        """The service's database, in the worker's role."""
        return self.consumer.database

    def caller(self, who: Who, **overrides: Any) -> Caller:
        """A client that is logged in as `who`; overrides are those of `callers.bearer`."""
        return Caller(self.client, headers=bearer(self.keys, who, **overrides))

    async def deliver(self, *events: Event, queue: str | None = None) -> None:
        """Hand the events to every reaction that handles them, or to that of one queue (`"track-member"`).

        A reaction gets its events in one batch and in this order. What it must know first is delivered first.
        """
        taken: set[UUID] = set()
        for name, reaction in self.consumer.reactions.items():
            if queue is None or name == f"{self.consumer.service}.{queue}":
                batch = [event for event in events if type(event) in reaction.events]
                taken.update(event.id for event in batch)
                if batch:
                    await self.consumer.deliver(name, [event.to_wire() for event in batch])
        untaken = [event.type for event in events if event.id not in taken]
        assert untaken == [], f"no reaction to {untaken}"

    async def published(self, kind: type[E], *more: type[E], **fields: Any) -> list[E]:
        """The events of these kinds with these fields that the service has published, the oldest first.

        A field that one of the kinds lacks is an error, because no event would ever match it.
        """
        kinds = (kind, *more)
        for each in kinds:
            if unknown := fields.keys() - each.model_fields:
                raise TypeError(f"{each.__name__} has no {', '.join(sorted(unknown))}")
        types = [each.type for base in kinds for each in family(base)]
        stored = select(outbox.c.body).where(outbox.c.type.in_(types)).order_by(outbox.c.position)
        async with self.database.transaction() as session:
            events = [from_wire(body) for body in await session.scalars(stored)]
        return [
            event
            for event in events
            if isinstance(event, kinds)
            and all(str(getattr(event, name)) == str(value) for name, value in fields.items())
        ]

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.execute(text(sql), values)).all())


@asynccontextmanager
async def serve(settings: ServiceSettings, keys: Keys) -> AsyncIterator[Service]:
    """The service whose settings these are."""
    shipped = SERVICES[settings.service]
    app, worker = shipped.api(settings), shipped.worker(settings)
    async with client_of(app) as client:
        yield Service(app, client, worker.consumer, keys)
    await app.state.database.close()
    await worker.database.close()


def client_of(app: FastAPI, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client of one app. Each answer must be one that the API's document promises."""
    transport = DocumentedTransport(app=app, raise_app_exceptions=False, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://arende.test")


@asynccontextmanager
async def from_own_address(served: Service) -> AsyncIterator[Service]:
    """The service, called from a network address that no other test calls from."""
    address = ".".join(str(byte) for byte in (10, *secrets.token_bytes(3)))
    async with client_of(served.app, address=address) as client:
        yield replace(served, client=client)
