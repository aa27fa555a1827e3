"""A bureau with customers, a subscription and a past, told as identity tells it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import insert, select, update

from services.billing.runs.commands import Result, bill_month
from services.billing.subscriptions.tables import Subscription
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.database.tables import outbox
from shared.events import Event, from_wire
from shared.events.identity import (
    BureauRegistered,
    CustomerDeactivated,
    CustomerEvent,
    CustomerReactivated,
    CustomerRegistered,
)
from shared.ids import uuid7
from tests.conftest import Tokens


def swedish(text: str) -> datetime:
    """`2026-10-31 23:59` on the clock in Stockholm."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Stockholm"))


def customer(
    bureau_id: UUID, at: str, *, event: type[CustomerEvent] = CustomerRegistered, **overrides: Any
) -> CustomerEvent:
    fields = {
        "bureau_id": bureau_id,
        "time": swedish(at),
        "customer_id": uuid7(),
        "number": "1001",
        "name": "Ek & Barr Bygg AB",
        "kind": "company",
        "organisation_number": None,
        "active": event is not CustomerDeactivated,
        "responsible_id": uuid7(),
        "participant_ids": [],
        "main_contact": None,
        "failing_points": [],
    }
    return event(**{**fields, **overrides})


class Bureau:
    def __init__(
        self, consumer: Consumer, database: Database, client: httpx.AsyncClient, tokens: Tokens
    ) -> None:
        self.id = uuid7()
        self.consumer, self.database, self.client, self.tokens = consumer, database, client, tokens

    async def tell(self, *events: CustomerEvent) -> None:
        await self.consumer.deliver("billing.track-customer", [event.to_wire() for event in events])

    async def customers(self, number: int, at: str = "2020-01-15 12:00", **overrides: Any) -> list[UUID]:
        events = [customer(self.id, at, **{"number": str(1001 + n), **overrides}) for n in range(number)]
        if events:
            await self.tell(*events)
        return [event.customer_id for event in events]

    async def deactivate(self, customer_id: UUID, at: str, *, sequence: int = 2, **overrides: Any) -> None:
        overrides = {"customer_id": customer_id, "sequence": sequence, **overrides}
        await self.tell(customer(self.id, at, event=CustomerDeactivated, **overrides))

    async def reactivate(self, customer_id: UUID, at: str, *, sequence: int) -> None:
        overrides = {"customer_id": customer_id, "sequence": sequence}
        await self.tell(customer(self.id, at, event=CustomerReactivated, **overrides))

    async def registered(self) -> None:
        event = BureauRegistered(
            bureau_id=self.id,
            name="Nord Redovisning AB",
            organisation_number="5566778899",
            email="info@nord.example",
            language="sv",
            street="Storgatan 1",
            postal_code="111 22",
            city="Stockholm",
            country="SE",
        )
        await self.consumer.deliver("billing.track-bureau", [event.to_wire()])

    async def subscribed(self, activated_on: str, ends_on: str) -> None:
        """It had a subscription from that day to `ends_on`, of which no month has been counted."""
        row = {
            "id": uuid7(),
            "bureau_id": self.id,
            "status": "ended",
            "activated_on": date.fromisoformat(activated_on),
            "ends_on": date.fromisoformat(ends_on),
            "bought_by": uuid7(),
            "bought_at": swedish(f"{activated_on} 12:00"),
            "billable_customers": 0,
            "price_version": 1,
            "count_from": date.fromisoformat(activated_on).replace(day=1),
            "version": 3,
        }
        async with self.database.transaction() as session:
            await session.execute(insert(Subscription).values(row))

    async def set_subscription(self, **values: Any) -> None:
        async with self.database.transaction() as session:
            await session.execute(
                update(Subscription).where(Subscription.bureau_id == self.id).values(**values)
            )

    async def get(self, path: str, **rights: Any) -> httpx.Response:
        return await self.client.get(path, headers=self.tokens.employee(self.id, **rights))

    async def read(self, path: str, **rights: Any) -> Any:
        response = await self.get(path, **rights)
        assert response.status_code == 200, response.text
        return response.json()

    async def post(self, path: str, body: Any = None, **rights: Any) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self.tokens.employee(self.id, **rights))

    async def invoices(self) -> list[dict[str, Any]]:
        """All of them with their lines, the latest first."""
        page = await self.read("/v1/invoices")
        return [await self.read(f"/v1/invoices/{item['id']}") for item in page["items"]]

    async def published(self, kind: type[Event]) -> list[Any]:
        async with self.database.transaction() as session:
            statement = select(outbox.c.body).where(outbox.c.type == kind.type).order_by(outbox.c.position)
            events = [from_wire(body) for body in await session.scalars(statement)]
        return [event for event in events if event.bureau_id == self.id]


async def bill(bureau: Bureau, month: str, at: str, *, batch: int = 1000) -> Result:
    """Bill the month for all bureaus, at that moment on the clock in Stockholm."""
    return await bill_month(bureau.database, month=month, dry_run=False, at=swedish(at), batch=batch)


async def quote(bureau: Bureau) -> dict[str, Any]:
    """What a purchase names of the bureau's quote."""
    shown = await bureau.read("/v1/subscription/quote")
    return {name: shown[name] for name in ("billable_customers", "price_version")}


async def bought(bureau: Bureau) -> dict[str, Any]:
    """The bureau's subscription, bought now."""
    response = await bureau.post("/v1/subscription", await quote(bureau))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def quantity(bureau: Bureau, month: str) -> int:
    """How many customers are paid for in the month, by what is known now."""
    return int((await bureau.read(f"/v1/usage/{month}"))["quantity"])
