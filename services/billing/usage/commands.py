from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Uuid, bindparam, case, func, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.prices.queries import list_prices
from services.billing.prices.tables import Price, price_on
from services.billing.subscriptions.tables import Subscription
from services.billing.usage import queries
from shared.bus import outbox
from shared.clock import first_day, last_day, month_at, month_bounds, month_of, next_month
from shared.events.billing import UsageCounted
from shared.ids import uuid7

# One statement for all bureaus. A count that was made before stays as it was.
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


async def count_months(session: AsyncSession, *, at: datetime) -> int:
    """Counts each ended month of each subscription that is not counted yet; returns how many they were.

    The months of a subscription are that of its activation, counted in full, to that of its last day. A month
    ends at midnight, Swedish time; its price is the one that holds on its last day.
    """
    running = first_day(month_at(at))
    locked = await queries.lock_uncounted(session, running_month=running)
    due = [
        (bureau_id, month)
        for _, bureau_id, count_from, ends_on in locked
        for month in _months(count_from, ends_on, before=running)
    ]
    if not due:
        return 0
    counted = await session.execute(_COUNT, _arguments(due, await list_prices(session)) | {"at": at})
    events = [
        UsageCounted(bureau_id=bureau_id, count_id=count_id, month=month, quantity=quantity)
        for count_id, bureau_id, month, quantity in counted.all()
    ]
    outbox.add(session, *events)
    # By their ids, since a subscription that was bought meanwhile is not counted yet.
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
