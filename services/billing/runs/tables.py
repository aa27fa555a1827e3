from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.runs.errors import TooEarly
from services.billing.tables import Row
from shared.clock import last_day, month_of, next_month, previous_month, stockholm_date


class BilledInvoice(NamedTuple):
    """One bureau's invoice in the result of a run; `invoice_id` and `number` are None where a dry run shows
    what would be. Amounts are öre: `amount` without VAT, `total` with it."""

    bureau_id: UUID
    invoice_id: UUID | None
    number: str | None
    quantity: int
    amount: int
    vat: int
    total: int

    def as_json(self) -> dict[str, Any]:
        """As `BillingRun.items` keeps it and the API shows it."""
        return {
            "bureau_id": str(self.bureau_id),
            "invoice_id": None if self.invoice_id is None else str(self.invoice_id),
            "number": self.number,
            "quantity": self.quantity,
            "amount": {"amount": self.amount, "currency": "SEK"},
            "vat": {"amount": self.vat, "currency": "SEK"},
            "total": {"amount": self.total, "currency": "SEK"},
        }


class BillingRun(Row):
    """An operator's request to bill a month, queued → finished by the worker; it spans all bureaus.

    `total` is öre, with VAT.
    """

    __tablename__ = "billing_runs"
    __table_args__ = (
        Index("ix_billing_runs_queued", "requested_at", postgresql_where=text("status = 'queued'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str]
    dry_run: Mapped[bool]
    status: Mapped[str]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counted: Mapped[int]
    invoices: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    items: Mapped[list[dict[str, Any]]]

    def finish(
        self, *, counted: int, invoices: int, total: int, items: list[dict[str, Any]], at: datetime
    ) -> None:
        self.status, self.finished_at = "finished", at
        self.counted, self.invoices, self.total, self.items = counted, invoices, total, items


def invoice_day(month: str) -> date:
    """The day, Swedish time, from whose first moment `month` is billed: the last of the following month.

    So a bureau that activates in October gets its first invoice on 30 November, for October's count.
    """
    return last_day(next_month(month))


def newest_month_to_bill(at: datetime) -> str:
    """The latest month whose invoice day has begun, Swedish time."""
    # Tomorrow's month is the next one exactly on the last day of a month, which is an invoice day.
    return previous_month(previous_month(month_of(stockholm_date(at) + timedelta(days=1))))


def require_due(month: str, *, dry_run: bool, at: datetime) -> None:
    """Raises TooEarly before the month's invoice day. A dry run takes only that the month is over: on the
    invoice day itself the invoices are issued at once, and nothing is left to try."""
    today, due_on = stockholm_date(at), invoice_day(month)
    if today < due_on and not (dry_run and today > last_day(month)):
        raise TooEarly(due_on=due_on)
