"""What is left to bill, of all bureaus, and what has been billed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices.tables import Charge, Invoice
from services.billing.runs.tables import BilledInvoice, BillingRun
from services.billing.usage.tables import MonthlyCount
from shared.errors import NotFound

# Only months with history that was recorded after their count are counted again. Both times are the
# database's. The hour is a margin for transactions that began before the count and committed after it; none
# takes that long.
_ADJUSTMENTS = text(
    """
    select c.bureau_id, c.month, c.unit_price, now_known.quantity - c.quantity - billed.quantity as quantity
    from monthly_counts c
    cross join lateral (
        select count(*) as quantity from customers_at(c.bureau_id, c.ends_at)
        where active and kind = 'company'
    ) now_known
    cross join lateral (
        select coalesce(sum(l.quantity), 0) as quantity from invoice_lines l
        where l.bureau_id = c.bureau_id and l.month = c.month and l.kind = 'adjustment'
    ) billed
    where c.bureau_id = any(cast(:bureaus as uuid[])) and c.settled_at is not null
        and exists (
            select from customer_history h
            where h.bureau_id = c.bureau_id and h.at < c.ends_at
                and h.recorded_at > c.recorded_at - interval '1 hour'
        )
        and now_known.quantity <> c.quantity + billed.quantity
    order by c.bureau_id, c.month
    """
)


async def list_unsettled(session: AsyncSession, *, month: str, limit: int) -> list[Charge]:
    """The month's counts that are neither invoiced nor found to need no invoice, as charges."""
    counts = (
        select(MonthlyCount.bureau_id, MonthlyCount.month, MonthlyCount.unit_price, MonthlyCount.quantity)
        .where(MonthlyCount.month == month, MonthlyCount.settled_at.is_(None))
        .order_by(MonthlyCount.bureau_id)
        .limit(limit)
    )
    return [Charge(*row) for row in await session.execute(counts)]


async def list_adjustments(session: AsyncSession, bureau_ids: Sequence[UUID]) -> dict[UUID, list[Charge]]:
    """By bureau, how the number of customers that is known now differs from what earlier months were billed
    for, at the price of each month."""
    found: dict[UUID, list[Charge]] = {}
    for row in await session.execute(_ADJUSTMENTS, {"bureaus": bureau_ids}):
        found.setdefault(row.bureau_id, []).append(
            Charge(row.bureau_id, row.month, row.unit_price, int(row.quantity))
        )
    return found


async def list_months_to_bill(session: AsyncSession, *, newest: str) -> Sequence[str]:
    """The oldest first."""
    months = select(MonthlyCount.month).where(MonthlyCount.settled_at.is_(None), MonthlyCount.month <= newest)
    return (await session.scalars(months.distinct().order_by(MonthlyCount.month))).all()


async def count_bureaus(session: AsyncSession, *, month: str) -> int:
    """How many bureaus' customers were counted for the month."""
    counts = select(func.count()).select_from(MonthlyCount).where(MonthlyCount.month == month)
    return int(await session.scalar(counts) or 0)


async def list_billed(session: AsyncSession, *, month: str) -> list[BilledInvoice]:
    """The month's invoices, in the order of their numbers."""
    columns = (Invoice.bureau_id, Invoice.id, Invoice.number, Invoice.quantity, Invoice.amount)
    invoices = select(*columns, Invoice.vat, Invoice.total).where(Invoice.month == month)
    return [BilledInvoice(*row) for row in await session.execute(invoices.order_by(Invoice.sequence))]


async def get_run(session: AsyncSession, run_id: UUID) -> BillingRun:
    """For operators, who see all bureaus' bills. Raises NotFound."""
    found = await session.get(BillingRun, run_id)
    if found is None:
        raise NotFound("billing run")
    return found


async def lock_queued_run(session: AsyncSession) -> BillingRun | None:
    """The one that has waited longest; another replica's is left out."""
    queued = (
        select(BillingRun)
        .where(BillingRun.status == "queued")
        .order_by(BillingRun.requested_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return await session.scalar(queued)
