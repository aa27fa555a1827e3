from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.prices.queries import all_prices
from services.billing.prices.tables import price_on
from services.billing.subscriptions.schemas import QuoteOut
from services.billing.subscriptions.tables import Subscription
from services.billing.usage.queries import billable_customers
from shared.clock import stockholm_date
from shared.errors import NotFound


async def quote(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> QuoteOut:
    """What is known of the customers now, at today's price."""
    customers = await billable_customers(session, bureau_id, before=at)
    return QuoteOut.of(customers, price_on(await all_prices(session), stockholm_date(at)))


async def latest_subscription(
    session: AsyncSession, bureau_id: UUID, *, lock: bool = False
) -> Subscription | None:
    """The one that is open, else the last that ended; `lock` keeps others from changing it."""
    latest = (
        select(Subscription)
        .where(Subscription.bureau_id == bureau_id)
        .order_by(Subscription.version.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return await session.scalar(latest.with_for_update() if lock else latest)


async def subscription(session: AsyncSession, bureau_id: UUID, *, lock: bool = False) -> Subscription:
    """Raises NotFound where nothing was ever bought."""
    latest = await latest_subscription(session, bureau_id, lock=lock)
    if latest is None:
        raise NotFound("subscription")
    return latest


async def lock_over(session: AsyncSession, *, today: date, limit: int) -> Sequence[Subscription]:
    """Cancelled subscriptions of all bureaus whose last day has passed."""
    over = (
        select(Subscription)
        .where(Subscription.status == "cancelled", Subscription.ends_on < today)
        .order_by(Subscription.ends_on)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(over)).all()
