"""The bill explains itself: each month's customers, counted or not, beside those of the month before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.copies.queries import KnownCustomer, count_billable, list_customers
from services.billing.invoices.tables import Invoice
from services.billing.prices.queries import list_prices
from services.billing.prices.tables import Cost, price_on
from services.billing.subscriptions.queries import find_subscription
from services.billing.subscriptions.tables import Subscription
from services.billing.usage.tables import MonthlyCount
from shared.clock import last_day, month_at, month_bounds
from shared.errors import NotFound


class CountedMonth(NamedTuple):
    month: str
    quantity: int
    invoiced: bool


class Forecast(NamedTuple):
    """A month as it would be if it ended now."""

    month: str
    quantity: int
    cost: Cost


@dataclass(frozen=True)
class Usage:
    """The counted months, the latest first, and a forecast of the running one where it will be billed."""

    months: Sequence[CountedMonth]
    forecast: Forecast | None


@dataclass(frozen=True)
class UsageOfMonth:
    """What is known now of a month's customers, and of those of the month before, at the end of each."""

    month: str
    customers: Sequence[KnownCustomer]
    before: Sequence[KnownCustomer]
    forecast: bool
    invoiced: bool


async def get_usage(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> Usage:
    months = await _list_counted_months(session, bureau_id)
    subscription = await find_subscription(session, bureau_id)
    if subscription is None or not subscription.holds_at(at):
        return Usage(months=months, forecast=None)
    month = month_at(at)
    quantity = await count_billable(session, bureau_id, before=month_bounds(month)[1])
    price = price_on(await list_prices(session), last_day(month))
    return Usage(months=months, forecast=Forecast(month, quantity, price.cost_of(quantity)))


async def get_usage_of_month(
    session: AsyncSession, bureau_id: UUID, *, month: str, at: datetime
) -> UsageOfMonth:
    """From the recorded history. Raises NotFound for a month to come."""
    if month > month_at(at):
        raise NotFound("month")
    invoice = select(Invoice.id).where(Invoice.bureau_id == bureau_id, Invoice.month == month)
    subscription = await find_subscription(session, bureau_id)
    starts_at, ends_at = month_bounds(month)
    return UsageOfMonth(
        month=month,
        customers=await list_customers(session, bureau_id, before=ends_at),
        before=await list_customers(session, bureau_id, before=starts_at),
        forecast=month == month_at(at) and subscription is not None and subscription.holds_at(at),
        invoiced=await session.scalar(invoice) is not None,
    )


async def lock_uncounted(session: AsyncSession, *, running_month: date) -> Sequence[Any]:
    """(id, bureau_id, count_from, ends_on) of the subscriptions of all bureaus with months that have ended
    and are not counted. They stay locked, so that another process finds them counted."""
    due = (
        select(Subscription.id, Subscription.bureau_id, Subscription.count_from, Subscription.ends_on)
        .where(Subscription.count_from < running_month)
        .order_by(Subscription.bureau_id, Subscription.id)
        .with_for_update()
    )
    return (await session.execute(due)).all()


async def _list_counted_months(session: AsyncSession, bureau_id: UUID) -> list[CountedMonth]:
    invoiced = select(Invoice.id).where(
        Invoice.bureau_id == MonthlyCount.bureau_id, Invoice.month == MonthlyCount.month
    )
    counts = select(MonthlyCount.month, MonthlyCount.quantity, invoiced.exists())
    of_bureau = counts.where(MonthlyCount.bureau_id == bureau_id).order_by(MonthlyCount.month.desc())
    return [CountedMonth(*row) for row in await session.execute(of_bureau)]
