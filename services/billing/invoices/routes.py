from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.billing.invoices import queries
from services.billing.invoices.schemas import InvoiceOut, InvoiceSummary
from shared.callers import CallerEmployee
from shared.errors import MissingPermission, NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


async def bill_reader(employee: Employee) -> CallerEmployee:
    if employee.account_role != "administrator" and employee.maintenance != "full":
        raise MissingPermission(required="account_role: administrator | maintenance: full")
    return employee


# An employee who may see what the bureau pays.
BillReader = Annotated[CallerEmployee, Depends(bill_reader)]


@router.get("/v1/invoices", responses=refusals(MissingPermission))
async def list_invoices(reader: BillReader, session: Session, paging: Paging) -> Page[InvoiceSummary]:
    rows = await queries.invoices(session, reader.bureau_id, paging)
    return page(rows, paging, out=InvoiceSummary.of, key=lambda invoice: [invoice.sequence])


@router.get("/v1/invoices/{invoice_id}", responses=refusals(MissingPermission, NotFound))
async def read_invoice(invoice_id: UUID, reader: BillReader, session: Session) -> InvoiceOut:
    invoice = await queries.invoice(session, reader.bureau_id, invoice_id)
    lines = await queries.lines(session, reader.bureau_id, invoice_id)
    return InvoiceOut.with_lines(invoice, lines)
