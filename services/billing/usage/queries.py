"""What can be known of a bureau's customers, at any moment, from their recorded history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices.tables import Invoice
from services.billing.subscriptions.tables import Subscription
from services.billing.usage.tables import MonthlyCount

_BILLABLE = text("select count(*) from customers_at(:bureau, :before) where active and kind = 'company'")
# `since`: the first moment of the inactive rows that no active row follows.
_CUSTOMERS = text(
    """
    select distinct on (customer_id) customer_id, number, name, kind, active,
        min(at) filter (where sequence > last_active) over (partition by customer_id) as since
    from (
        select *,
            coalesce(max(sequence) filter (where active) over (partition by customer_id), 0) as last_active
        from customer_history
        where bureau_id = :bureau and at < :before
    ) known
    order by customer_id, sequence desc
    """
)


@dataclass(frozen=True)
class KnownCustomer:
    customer_id: UUID
    number: str
    name: str
    kind: str
    active: bool
    since: datetime | None

    @property
    def billable(self) -> bool:
        return self.active and self.kind == "company"


async def billable_customers(session: AsyncSession, bureau_id: UUID, *, before: datetime) -> int:
    counted = await session.scalar(_BILLABLE, {"bureau": bureau_id, "before": before})
    return int(counted or 0)


async def customers(session: AsyncSession, bureau_id: UUID, *, before: datetime) -> list[KnownCustomer]:
    """By customer number."""
    rows = await session.execute(_CUSTOMERS, {"bureau": bureau_id, "before": before})
    known = [KnownCustomer(*row) for row in rows]
    return sorted(known, key=lambda each: (len(each.number), each.number))


async def counted_months(session: AsyncSession, bureau_id: UUID) -> Sequence[Row[MonthlyCount, bool]]:
    """Each count, the latest first, and whether there is an invoice for it."""
    invoiced = select(Invoice.id).where(
        Invoice.bureau_id == MonthlyCount.bureau_id, Invoice.month == MonthlyCount.month
    )
    counts = select(MonthlyCount, invoiced.exists()).where(MonthlyCount.bureau_id == bureau_id)
    return (await session.execute(counts.order_by(MonthlyCount.month.desc()))).all()


async def is_invoiced(session: AsyncSession, bureau_id: UUID, month: str) -> bool:
    invoice = select(Invoice.id).where(Invoice.bureau_id == bureau_id, Invoice.month == month)
    return await session.scalar(invoice) is not None


async def lock_uncounted(session: AsyncSession, *, running_month: date) -> Sequence[Any]:
    """(id, bureau_id, count_from, ends_on) of the subscriptions of all bureaus with months that have ended
    and are not counted.

    Their rows stay locked, so that another process finds them counted.
    """
    due = (
        select(Subscription.id, Subscription.bureau_id, Subscription.count_from, Subscription.ends_on)
        .where(Subscription.count_from < running_month)
        .order_by(Subscription.bureau_id, Subscription.id)
        .with_for_update()
    )
    return (await session.execute(due)).all()
