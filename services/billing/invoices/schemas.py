from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.billing.invoices.tables import Invoice, InvoiceLine
from shared.http.schemas import Answer, Money

USAGE = ("Ärendehantering {month}, aktiva kunder", "Case management {month}, active customers")
ADJUSTMENT = ("Rättelse av antalet kunder {month}", "Correction of the number of customers {month}")


class LineOut(Answer):
    """`quantity` and `amount` are negative where a correction gives money back."""

    description_sv: str
    description_en: str
    month: str
    quantity: int
    unit_price: Money
    amount: Money

    @classmethod
    def of(cls, line: InvoiceLine) -> "LineOut":
        swedish, english = USAGE if line.kind == "usage" else ADJUSTMENT
        return cls(
            description_sv=swedish.format(month=line.month),
            description_en=english.format(month=line.month),
            month=line.month,
            quantity=line.quantity,
            unit_price=Money(amount=line.unit_price),
            amount=Money(amount=line.amount),
        )


class InvoiceSummary(Answer):
    """`amount` is without VAT, `total` with. VAT is 25 % of `amount`, rounded half up to whole öre."""

    id: UUID
    number: str
    month: str
    issued_on: date
    due_on: date
    ocr: str
    status: str
    quantity: int
    amount: Money
    vat: Money
    total: Money

    @classmethod
    def of(cls, invoice: Invoice) -> "InvoiceSummary":
        return cls(
            id=invoice.id,
            number=invoice.number,
            month=invoice.month,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            ocr=invoice.ocr,
            status=invoice.status,
            quantity=invoice.quantity,
            amount=Money(amount=invoice.amount),
            vat=Money(amount=invoice.vat),
            total=Money(amount=invoice.total),
        )


class Buyer(Answer):
    name: str
    organisation_number: str
    street: str
    postal_code: str
    city: str
    country: str


class InvoiceOut(InvoiceSummary):
    """`buyer`: name and address as they were when it was issued."""

    buyer: Buyer | None
    lines: list[LineOut]

    @classmethod
    def with_lines(cls, invoice: Invoice, lines: Sequence[InvoiceLine]) -> "InvoiceOut":
        return cls(
            **vars(InvoiceSummary.of(invoice)),
            buyer=Buyer.model_validate(invoice.buyer) if invoice.buyer else None,
            lines=[LineOut.of(line) for line in lines],
        )
