"""The bill explains itself: a month's customers, counted or not and why, against the month before."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.calendar import last_day, previous_month, running_month
from services.billing.money import vat_on
from services.billing.prices.queries import all_prices
from services.billing.prices.tables import price_on
from services.billing.usage import queries
from services.billing.usage.queries import KnownCustomer
from services.billing.usage.schemas import (
    CountedCustomer,
    Difference,
    ForecastOut,
    MonthOut,
    UncountedCustomer,
    UsageListOut,
    UsageOut,
)
from shared.clock import month_bounds
from shared.errors import NotFound
from shared.http.schemas import Money


async def usage_of_month(session: AsyncSession, bureau_id: UUID, *, month: str, at: datetime) -> UsageOut:
    """From the recorded history; the running month as it would be if it ended now."""
    if month > running_month(at):
        raise NotFound("month")
    before = previous_month(month)
    known = await queries.customers(session, bureau_id, before=month_bounds(month)[1])
    known_before = await queries.customers(session, bureau_id, before=month_bounds(before)[1])
    counted = _counted(known)
    return UsageOut(
        month=month,
        quantity=len(counted),
        counted=counted,
        not_counted=[UncountedCustomer.of(each) for each in known if not each.billable],
        difference=_difference(before, counted, _counted(known_before)),
        forecast=month == running_month(at),
        invoiced=await queries.is_invoiced(session, bureau_id, month),
    )


async def usage(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> UsageListOut:
    months = [
        MonthOut(month=count.month, quantity=count.quantity, invoiced=invoiced)
        for count, invoiced in await queries.counted_months(session, bureau_id)
    ]
    return UsageListOut(months=months, forecast=await _forecast(session, bureau_id, at=at))


async def _forecast(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> ForecastOut:
    month = running_month(at)
    quantity = await queries.billable_customers(session, bureau_id, before=month_bounds(month)[1])
    price = price_on(await all_prices(session), last_day(month))
    cost = quantity * price.amount
    return ForecastOut(
        month=month,
        quantity=quantity,
        monthly_cost=Money(amount=cost),
        vat=Money(amount=vat_on(cost)),
        monthly_cost_with_vat=Money(amount=cost + vat_on(cost)),
    )


def _counted(known: Iterable[KnownCustomer]) -> list[CountedCustomer]:
    return [CountedCustomer.model_validate(each) for each in known if each.billable]


def _difference(previous: str, now: list[CountedCustomer], before: list[CountedCustomer]) -> Difference:
    had = {each.customer_id for each in before}
    has = {each.customer_id for each in now}
    return Difference(
        previous_month=previous,
        quantity=len(now) - len(before),
        added=[each for each in now if each.customer_id not in had],
        removed=[each for each in before if each.customer_id not in has],
    )
