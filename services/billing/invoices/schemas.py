from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.billing.invoices.queries import WithLines
from services.billing.invoices.tables import Invoice, InvoiceLine
from shared.http.schemas import Answer
from shared.money import Money

USAGE = ("Ärendehantering {month}, aktiva kunder", "Case management {month}, active customers")
ADJUSTMENT = ("Rättelse av antalet kunder {month}", "Correction of the number of customers {month}")
InvoiceId = Annotated[UUID, Path(description="As the list of invoices shows it.")]


class InvoiceLineOut(Answer):
    """A month's customers, or what became known later of an earlier month's."""

    description_sv: Annotated[str, Field(examples=["Ärendehantering 2026-10, aktiva kunder"])]
    """What is charged, in Swedish."""
    description_en: Annotated[str, Field(examples=["Case management 2026-10, active customers"])]
    """What is charged, in English."""
    month: Annotated[str, Field(examples=["2026-10"])]
    """Of the use, `YYYY-MM`; an earlier one where the line is a correction."""
    quantity: int
    """How many customers; negative where a correction gives money back."""
    unit_price: Money
    """Per customer and month, without VAT."""
    amount: Money
    """`quantity` times `unit_price`, without VAT."""

    @classmethod
    def of(cls, line: InvoiceLine) -> "InvoiceLineOut":
        swedish, english = USAGE if line.kind == "usage" else ADJUSTMENT
        return cls(
            description_sv=swedish.format(month=line.month),
            description_en=english.format(month=line.month),
            month=line.month,
            quantity=line.quantity,
            unit_price=Money(amount=line.unit_price),
            amount=Money(amount=line.amount),
        )


class InvoiceSummaryOut(Answer):
    """One month's bill, without its lines."""

    id: UUID
    """To look at all of it by."""
    number: Annotated[str, Field(examples=["100042"])]
    """From one series without gaps for all bureaus."""
    month: Annotated[str, Field(examples=["2026-10"])]
    """Of the use, `YYYY-MM`."""
    issued_on: date
    """At the earliest the last day of the month after the use, Swedish time."""
    due_on: date
    """When it must have been paid: 30 days after it was issued."""
    ocr: Annotated[str, Field(examples=["1000421"])]
    """The reference to pay by: the number and its check digit."""
    status: Annotated[str, Field(examples=["issued"])]
    """`issued`: it stands, whether or not it has been paid."""
    quantity: int
    """How many customers the month was billed for, corrections of earlier months not counted."""
    amount: Money
    """The sum of the lines, without VAT."""
    vat: Money
    """25 % of `amount`, rounded half up to whole öre."""
    total: Money
    """What is to be paid: `amount` and `vat`."""

    @classmethod
    def of(cls, invoice: Invoice) -> "InvoiceSummaryOut":
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


class BuyerOut(Answer):
    """The bureau as it was when the invoice was issued."""

    name: Annotated[str, Field(examples=["Nord Redovisning AB"])]
    """The firm's."""
    organisation_number: Annotated[str, Field(examples=["5566778899"])]
    """Ten digits, without a hyphen."""
    street: Annotated[str, Field(examples=["Storgatan 1"])]
    """With its number."""
    postal_code: Annotated[str, Field(examples=["111 22"])]
    """As the bureau writes it."""
    city: Annotated[str, Field(examples=["Stockholm"])]
    """The post town."""
    country: Annotated[str, Field(examples=["SE"])]
    """ISO 3166-1, two letters."""


class InvoiceOut(InvoiceSummaryOut):
    """One month's bill."""

    buyer: BuyerOut | None
    """Whose bill it is; null where the bureau's address was not known here when it was issued."""
    lines: list[InvoiceLineOut]
    """What `amount` is the sum of: the month's customers first, then corrections of earlier months."""

    @classmethod
    def with_lines(cls, found: WithLines) -> "InvoiceOut":
        invoice, lines = found
        return cls(
            **vars(InvoiceSummaryOut.of(invoice)),
            buyer=BuyerOut.model_validate(invoice.buyer) if invoice.buyer else None,
            lines=[InvoiceLineOut.of(line) for line in lines],
        )
