from typing import Any, Literal
from uuid import UUID

from services.billing.calendar import Month
from services.billing.runs.tables import BillingRun
from shared.http.schemas import Answer, Body, Money


class RunIn(Body):
    month: Month
    dry_run: bool = False


class RunItem(Answer):
    """One bureau's invoice; `number` and `invoice_id` are missing where a dry run shows what would be."""

    bureau_id: UUID
    invoice_id: UUID | None
    number: str | None
    quantity: int
    amount: Money
    vat: Money
    total: Money

    @classmethod
    def of(cls, invoice: Any) -> "RunItem":
        """Of an invoice, or of these columns of one."""
        columns = {
            "bureau_id": invoice.bureau_id,
            "invoice_id": invoice.id,
            "number": invoice.number,
            "quantity": invoice.quantity,
            "amount": {"amount": invoice.amount},
            "vat": {"amount": invoice.vat},
            "total": {"amount": invoice.total},
        }
        return cls.model_validate(columns)

    def imagined(self) -> "RunItem":
        return self.model_copy(update={"invoice_id": None, "number": None})


class RunResult(Answer):
    """A month's billing. `invoices` are those that this run issued (or would); `items` and `total` are all
    of the month's, `counted` the bureaus whose customers were counted."""

    month: str
    dry_run: bool
    counted: int
    invoices: int
    total: Money
    items: list[RunItem]


class RunOut(RunResult):
    """The result is there when `status` is `finished`."""

    id: UUID
    status: Literal["queued", "finished"]

    @classmethod
    def of(cls, run: BillingRun) -> "RunOut":
        return cls(
            id=run.id,
            status="finished" if run.status == "finished" else "queued",
            month=run.month,
            dry_run=run.dry_run,
            counted=run.counted,
            invoices=run.invoices,
            total=Money(amount=run.total),
            items=[RunItem.model_validate(item) for item in run.items],
        )
