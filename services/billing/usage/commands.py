"""The copy of each customer's history, and the month's counts made from it."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Uuid, bindparam, case, func, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.calendar import first_day, last_day, running_month
from services.billing.prices.queries import all_prices
from services.billing.prices.tables import Price, price_on
from services.billing.subscriptions.tables import Subscription
from services.billing.usage import queries
from services.billing.usage.tables import CustomerState
from shared.bus import outbox
from shared.clock import month_bounds, month_of, next_month
from shared.events.billing import UsageCounted
from shared.events.identity import CustomerEvent
from shared.ids import uuid7

# All bureaus in one statement. A count that was made before stays as it was.
_COUNT = text(
    """
    insert into monthly_counts
        (id, bureau_id, month, ends_at, price_version, unit_price, quantity, counted_at)
    select due.*, billable.quantity, :at
    from unnest(
        cast(:ids as uuid[]), cast(:bureaus as uuid[]), cast(:months as text[]),
        cast(:ends as timestamptz[]), cast(:versions as integer[]), cast(:prices as integer[])
    ) as due (id, bureau_id, month, ends_at, price_version, unit_price)
    cross join lateral (
        select count(*) as quantity from customers_at(due.bureau_id, due.ends_at)
        where active and kind = 'company'
    ) billable
    on conflict (bureau_id, month) do nothing
    returning id, bureau_id, month, quantity
    """
)


async def keep_history(session: AsyncSession, events: Sequence[CustomerEvent]) -> None:
    """One row per customer and sequence. A state that is told twice counts from the earlier time,
    so that the order in which events come makes no difference."""
    told: dict[tuple[UUID, int], CustomerEvent] = {}
    for event in sorted(events, key=lambda each: each.time, reverse=True):
        told[event.customer_id, event.sequence] = event
    statement = insert(CustomerState).values([_state(told[key]) for key in sorted(told)])
    fresh = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["bureau_id", "customer_id", "sequence"],
            set_={"at": fresh.at, "recorded_at": func.now()},
            where=fresh.at < CustomerState.at,
        )
    )


def _state(event: CustomerEvent) -> dict[str, object]:
    return {
        "bureau_id": event.tenant,
        "customer_id": event.customer_id,
        "sequence": event.sequence,
        "at": event.time,
        "kind": event.kind,
        "active": event.active,
        "number": event.number,
        "name": event.name,
    }


async def count_months(session: AsyncSession, *, at: datetime) -> int:
    """Count every ended month of every subscription that is not counted; answers how many were.

    The months of a subscription are that of its activation, counted in full, to that of its last day.
    """
    running = first_day(running_month(at))
    locked = await queries.lock_uncounted(session, running_month=running)
    due = [
        (bureau_id, month)
        for _, bureau_id, count_from, ends_on in locked
        for month in _months(count_from, ends_on, before=running)
    ]
    if not due:
        return 0
    counted = await session.execute(_COUNT, _arguments(due, await all_prices(session)) | {"at": at})
    for id, bureau_id, month, quantity in counted.all():
        outbox.add(session, UsageCounted(bureau_id=bureau_id, count_id=id, month=month, quantity=quantity))
    # Those that were counted, and none that was bought meanwhile.
    counted_ids = bindparam("counted_ids", [row.id for row in locked], type_=ARRAY(Uuid()))
    await session.execute(
        update(Subscription)
        .where(Subscription.id == func.any(counted_ids))
        .values(count_from=case((Subscription.ends_on < running, None), else_=running))
        .execution_options(synchronize_session=False)
    )
    return len(due)


@lru_cache(maxsize=1000)
def _months(count_from: date, ends_on: date | None, *, before: date) -> list[str]:
    months: list[str] = []
    day = count_from
    while day < before and (ends_on is None or day <= ends_on):
        months.append(month_of(day))
        day = first_day(next_month(month_of(day)))
    return months


def _arguments(due: Sequence[tuple[UUID, str]], prices: Sequence[Price]) -> dict[str, object]:
    months = {month for _, month in due}
    price = {month: price_on(prices, last_day(month)) for month in months}
    end = {month: month_bounds(month)[1] for month in months}
    return {
        "ids": [uuid7() for _ in due],
        "bureaus": [bureau_id for bureau_id, _ in due],
        "months": [month for _, month in due],
        "ends": [end[month] for _, month in due],
        "versions": [price[month].version for _, month in due],
        "prices": [price[month].amount for _, month in due],
    }
