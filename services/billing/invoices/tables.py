from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Row

BUYER = ("name", "organisation_number", "email", "language", "street", "postal_code", "city", "country")


class Bureau(Row):
    """Name and address to put on an invoice; a copy, kept by `sequence`."""

    __tablename__ = "bureaus"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation_number: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    sequence: Mapped[int]


class Counter(Row):
    """The last invoice number. Locked until the invoices that take it commit, so no number is lost."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)

    def take(self) -> int:
        self.value += 1
        return self.value


class Invoice(Row):
    """One bureau's bill for one month; öre. `buyer`: name and address as they were when it was issued."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("bureau_id", "month"),
        Index("ix_invoices_month", "month"),
        Index("ix_invoices_bureau", "bureau_id", "sequence"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    # One series for all bureaus; the service, not a caller, chooses it, so its uniqueness tells nothing.
    sequence: Mapped[int] = mapped_column(BigInteger, unique=True)
    number: Mapped[str]
    month: Mapped[str]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    quantity: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    vat: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    ocr: Mapped[str]
    status: Mapped[str]
    buyer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int]


class InvoiceLine(Row):
    """`kind`: `usage`, the month's customers, or `adjustment`, a correction of an earlier month's."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        UniqueConstraint("bureau_id", "invoice_id", "position"),
        Index("ix_invoice_lines_month", "bureau_id", "month"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    position: Mapped[int]
    kind: Mapped[str]
    month: Mapped[str]
    quantity: Mapped[int]
    unit_price: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
