from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices.tables import Counter, Invoice, InvoiceLine
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound


class WithLines(NamedTuple):
    invoice: Invoice
    lines: Sequence[InvoiceLine]


async def list_invoices(session: AsyncSession, bureau_id: UUID, paging: PageRequest) -> Sequence[Invoice]:
    """The latest first."""
    statement = select(Invoice).where(Invoice.bureau_id == bureau_id)
    return (await session.scalars(keyset(statement, paging, Invoice.sequence, descending=True))).all()


async def get_invoice(session: AsyncSession, bureau_id: UUID, invoice_id: UUID) -> WithLines:
    """Raises NotFound."""
    own = select(Invoice).where(Invoice.bureau_id == bureau_id, Invoice.id == invoice_id)
    found = await session.scalar(own)
    if found is None:
        raise NotFound("invoice")
    lines = select(InvoiceLine).where(
        InvoiceLine.bureau_id == bureau_id, InvoiceLine.invoice_id == invoice_id
    )
    return WithLines(found, (await session.scalars(lines.order_by(InvoiceLine.position))).all())


async def lock_counter(session: AsyncSession) -> Counter:
    """Whoever else issues invoices waits for this transaction to end."""
    counter = select(Counter).where(Counter.name == "invoice").with_for_update()
    return (await session.scalars(counter.execution_options(populate_existing=True))).one()
