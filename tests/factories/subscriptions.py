"""A bureau's customers over time, its subscription and its bills, as billing knows them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from services.billing.runs.commands import Result, bill_month
from services.billing.subscriptions.tables import Subscription
from shared.events.identity import CustomerDeactivated, CustomerReactivated, CustomerRegistered
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.records import Bureau, Customer
from tests.factories.service import Service


def swedish(text: str) -> datetime:
    """`2026-10-31 23:59` on the clock in Stockholm."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Stockholm"))


async def register_customers(
    service: Service, bureau: Bureau, count: int, at: str = "2020-01-15 12:00", **overrides: Any
) -> list[Customer]:
    """Register that many customers, numbered from 1001, at that moment in Stockholm."""
    customers = [Customer(bureau.id, **{"number": str(1001 + n), **overrides}) for n in range(count)]
    events = [event_of(CustomerRegistered, customer, time=swedish(at)) for customer in customers]
    await service.deliver(*events)
    return customers


async def deactivate(
    service: Service, customer: Customer, at: str, *, sequence: int = 2, **overrides: Any
) -> None:
    inactive = replace(customer, active=False)
    overrides = {"time": swedish(at), "sequence": sequence, **overrides}
    await service.deliver(event_of(CustomerDeactivated, inactive, **overrides))


async def reactivate(service: Service, customer: Customer, at: str, *, sequence: int) -> None:
    await service.deliver(event_of(CustomerReactivated, customer, time=swedish(at), sequence=sequence))


async def add_subscription(service: Service, bureau: Bureau, activated_on: str, ends_on: str) -> None:
    """Add a subscription from that day to `ends_on`, of which no month has been counted."""
    row = {
        "id": bureau.subscription_id,
        "bureau_id": bureau.id,
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
    async with service.database.transaction() as session:
        await session.execute(insert(Subscription).values(row))


async def set_subscription(service: Service, bureau: Bureau, **values: Any) -> None:
    """Change the stored row, as if time had passed."""
    changed = update(Subscription).where(Subscription.bureau_id == bureau.id).values(**values)
    async with service.database.transaction() as session:
        await session.execute(changed)


async def bill(service: Service, month: str, at: str, *, batch: int = 1000) -> Result:
    """Bill the month for all bureaus, at that moment on the clock in Stockholm."""
    return await bill_month(service.database, month=month, dry_run=False, at=swedish(at), batch=batch)


async def quote(admin: Caller) -> dict[str, Any]:
    """The fields of the bureau's quote that a purchase must repeat."""
    shown = await admin.read("/v1/subscription/quote")
    return {name: shown[name] for name in ("billable_customers", "price_version")}


async def buy(admin: Caller) -> dict[str, Any]:
    """Buy a subscription for the bureau."""
    answer = await admin.post("/v1/subscription", await quote(admin))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def quantity(admin: Caller, month: str) -> int:
    """How many customers the bureau pays for in the month, as far as is known now."""
    return int((await admin.read(f"/v1/usage/{month}"))["quantity"])


async def invoices(admin: Caller) -> list[dict[str, Any]]:
    """All of the bureau's invoices with their lines, the latest first."""
    page = await admin.read("/v1/invoices")
    return [await admin.read(f"/v1/invoices/{item['id']}") for item in page["items"]]
