from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from stdnum import luhn

from services.billing.tables import Row


class Charge(NamedTuple):
    """A number of customers of one month at a price: one line of an invoice. Öre, without VAT."""

    bureau_id: UUID
    month: str
    unit_price: int
    quantity: int

    @property
    def amount(self) -> int:
        return self.unit_price * self.quantity


class Counter(Row):
    """The last invoice number. It stays locked until the invoices that take their numbers from it commit, so
    that the series has no gap.

    An invoice bears a sequential number, based on one or more series, that identifies it uniquely: VAT
    directive 2006/112/EC, article 226 (2).
    """

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)

    def take(self) -> int:
        self.value += 1
        return self.value


class Invoice(Row):
    """One bureau's bill for one month. Amounts are öre: `amount` without VAT, `total` with it.

    `buyer` is the bureau's name and address as they were when it was issued; None where identity's news of
    the bureau had not come.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("bureau_id", "month"),
        Index("ix_invoices_month", "month"),
        Index("ix_invoices_bureau", "bureau_id", "sequence"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    # One series for all bureaus, so it is unique without `bureau_id`. That tells no bureau of another, since
    # no caller chooses it.
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
    """One charge of an invoice. `kind` is `usage`, the month's customers, or `adjustment`, a correction of an
    earlier month's. `unit_price` and `amount` are öre without VAT."""

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


def charges_of(usage: Charge, adjustments: Sequence[Charge]) -> list[Charge]:
    """The lines of one invoice; none where there is nothing to bill.

    An invoice is never negative: corrections that would make it so wait for one that is large enough.
    """
    own = [usage] if usage.quantity else []
    charges = [*own, *adjustments]
    return charges if sum(charge.amount for charge in charges) >= 0 else own


def ocr_reference(number: str) -> str:
    """The reference to pay by: the invoice's number and its check digit (Luhn; Bankgirot's "10-modul")."""
    return number + str(luhn.calc_check_digit(number))
