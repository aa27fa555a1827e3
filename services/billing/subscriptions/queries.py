from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.copies.queries import count_billable
from services.billing.prices.queries import list_prices
from services.billing.prices.tables import Price, price_on
from services.billing.subscriptions.tables import Subscription
from shared.clock import stockholm_date
from shared.errors import found
from shared.money import Money


@dataclass(frozen=True)
class Quote:
    """What case management would cost the bureau per month, as it is shown and as it is refused with."""

    billable_customers: int
    price_per_customer: Money
    monthly_cost: Money
    vat: Money
    monthly_cost_with_vat: Money
    price_version: int

    @classmethod
    def of(cls, customers: int, price: Price) -> "Quote":
        cost = price.cost_of(customers)
        return cls(
            billable_customers=customers,
            price_per_customer=Money(amount=price.amount),
            monthly_cost=Money(amount=cost.net),
            vat=Money(amount=cost.vat),
            monthly_cost_with_vat=Money(amount=cost.total),
            price_version=price.version,
        )


async def get_quote(session: AsyncSession, bureau_id: UUID, *, at: datetime) -> Quote:
    """For the customers that are known now, at today's price."""
    customers = await count_billable(session, bureau_id, before=at)
    return Quote.of(customers, price_on(await list_prices(session), stockholm_date(at)))


async def get_subscription(session: AsyncSession, bureau_id: UUID) -> Subscription:
    """The one that is open, else the last that ended. Raises NotFound where nothing was ever bought."""
    return found(await find_subscription(session, bureau_id), "subscription")


async def find_subscription(session: AsyncSession, bureau_id: UUID) -> Subscription | None:
    """The one that is open, else the last that ended; None where nothing was ever bought."""
    return await session.scalar(_latest(bureau_id))


async def lock_subscription(session: AsyncSession, bureau_id: UUID) -> Subscription | None:
    """The one that is open, else the last that ended, locked; None where nothing was ever bought."""
    return await session.scalar(_latest(bureau_id).with_for_update())


async def lock_past_end(session: AsyncSession, *, today: date, limit: int) -> Sequence[Subscription]:
    """Cancelled subscriptions of all bureaus whose last day has passed; another replica's are left out."""
    over = (
        select(Subscription)
        .where(Subscription.status == "cancelled", Subscription.ends_on < today)
        .order_by(Subscription.ends_on)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(over)).all()


def _latest(bureau_id: UUID) -> Select[Subscription]:
    return (
        select(Subscription)
        .where(Subscription.bureau_id == bureau_id)
        .order_by(Subscription.version.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
