from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices.tables import BUYER, Bureau, Counter, Invoice, InvoiceLine
from services.billing.usage.tables import MonthlyCount
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound

# Only months with history that came after their count are counted again. Both times are the database's;
# no transaction takes the hour that is the margin for those that began before the count and committed after.
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


class Charge(NamedTuple):
    """A number of customers at a price: one line of an invoice. Öre."""

    bureau_id: UUID
    month: str
    unit_price: int
    quantity: int

    @property
    def amount(self) -> int:
        return self.unit_price * self.quantity


async def lock_counter(session: AsyncSession) -> Counter:
    counter = select(Counter).where(Counter.name == "invoice").with_for_update()
    return (await session.scalars(counter.execution_options(populate_existing=True))).one()


async def unsettled(session: AsyncSession, *, month: str, limit: int) -> list[Charge]:
    """The month's counts of all bureaus that are neither invoiced nor found to need no invoice."""
    counts = (
        select(MonthlyCount.bureau_id, MonthlyCount.month, MonthlyCount.unit_price, MonthlyCount.quantity)
        .where(MonthlyCount.month == month, MonthlyCount.settled_at.is_(None))
        .order_by(MonthlyCount.bureau_id)
        .limit(limit)
    )
    return [Charge(*row) for row in await session.execute(counts)]


async def months_to_bill(session: AsyncSession, *, newest: str) -> Sequence[str]:
    """The oldest first."""
    months = select(MonthlyCount.month).where(MonthlyCount.settled_at.is_(None), MonthlyCount.month <= newest)
    return (await session.scalars(months.distinct().order_by(MonthlyCount.month))).all()


async def adjustments(session: AsyncSession, bureau_ids: Sequence[UUID]) -> dict[UUID, list[Charge]]:
    """Per bureau, what is now known to differ from what was billed for earlier months."""
    found: dict[UUID, list[Charge]] = {}
    for row in await session.execute(_ADJUSTMENTS, {"bureaus": bureau_ids}):
        found.setdefault(row.bureau_id, []).append(
            Charge(row.bureau_id, row.month, row.unit_price, int(row.quantity))
        )
    return found


async def buyers(session: AsyncSession, bureau_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    bureaus: Any = Bureau.__table__
    wanted = select(bureaus.c.bureau_id, *(bureaus.c[name] for name in BUYER))
    of_these = bureaus.c.bureau_id == func.any(bindparam("bureaus", type_=ARRAY(Uuid())))
    rows = await session.execute(wanted.where(of_these), {"bureaus": bureau_ids})
    return {row[0]: dict(zip(BUYER, row[1:], strict=True)) for row in rows}


async def counted_bureaus(session: AsyncSession, *, month: str) -> int:
    counts = select(func.count()).select_from(MonthlyCount).where(MonthlyCount.month == month)
    return int(await session.scalar(counts) or 0)


async def invoices_of_month(session: AsyncSession, *, month: str) -> Sequence[Any]:
    """(id, bureau_id, number, quantity, amount, vat, total) of each."""
    columns = (Invoice.id, Invoice.bureau_id, Invoice.number, Invoice.quantity, Invoice.amount)
    invoices = select(*columns, Invoice.vat, Invoice.total).where(Invoice.month == month)
    return (await session.execute(invoices.order_by(Invoice.sequence))).all()


async def invoices(session: AsyncSession, bureau_id: UUID, paging: PageRequest) -> Sequence[Invoice]:
    """The latest first."""
    statement = select(Invoice).where(Invoice.bureau_id == bureau_id)
    return (await session.scalars(keyset(statement, paging, Invoice.sequence, descending=True))).all()


async def invoice(session: AsyncSession, bureau_id: UUID, invoice_id: UUID) -> Invoice:
    """Raises NotFound."""
    own = select(Invoice).where(Invoice.bureau_id == bureau_id, Invoice.id == invoice_id)
    found = await session.scalar(own)
    if found is None:
        raise NotFound("invoice")
    return found


async def lines(session: AsyncSession, bureau_id: UUID, invoice_id: UUID) -> Sequence[InvoiceLine]:
    of_invoice = select(InvoiceLine).where(
        InvoiceLine.bureau_id == bureau_id, InvoiceLine.invoice_id == invoice_id
    )
    return (await session.scalars(of_invoice.order_by(InvoiceLine.position))).all()
