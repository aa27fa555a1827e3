from typing import Annotated

from fastapi import Depends

from services.billing.invoices import queries
from services.billing.invoices.schemas import InvoiceId, InvoiceOut, InvoiceSummaryOut
from shared.callers import CallerEmployee
from shared.errors import MissingPermission, NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


async def bill_reader(employee: Employee) -> CallerEmployee:
    """Raises MissingPermission."""
    if employee.account_role != "administrator" and employee.maintenance != "full":
        raise MissingPermission(required="account_role: administrator | maintenance: full")
    return employee


# An employee who may see what the bureau pays.
BillReader = Annotated[CallerEmployee, Depends(bill_reader)]


@router.get("/v1/invoices", responses=refusals(MissingPermission))
async def list_invoices(reader: BillReader, session: Session, paging: Paging) -> Page[InvoiceSummaryOut]:
    """List the bureau's invoices

    For employees who are administrator or have `maintenance: full`; the latest first.
    """
    rows = await queries.list_invoices(session, reader.bureau_id, paging)
    return page(rows, paging, out=InvoiceSummaryOut.of, key=lambda invoice: [invoice.sequence])


@router.get("/v1/invoices/{invoice_id}", responses=refusals(MissingPermission, NotFound))
async def get_invoice(invoice_id: InvoiceId, reader: BillReader, session: Session) -> InvoiceOut:
    """Look at one invoice

    For employees who are administrator or have `maintenance: full`: its lines, and to whom it was issued.
    """
    return InvoiceOut.with_lines(await queries.get_invoice(session, reader.bureau_id, invoice_id))
