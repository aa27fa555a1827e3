from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.billing.runs.tables import BillingRun
from services.billing.usage.schemas import Month, MonthOut
from shared.http.schemas import Answer, Body, Flag
from shared.money import Money

RunId = Annotated[UUID, Path(description="As the answer to its start showed it.")]


class BillingRunIn(Body):
    month: Month
    """Of the use, `YYYY-MM`. It can be billed from the last day of the following month, Swedish time."""
    dry_run: Flag = False
    """Only shows what would be billed; can be tried as soon as the month is over."""


class BilledOut(Answer):
    """One bureau's invoice for the month."""

    bureau_id: UUID
    """Who pays it."""
    invoice_id: UUID | None
    """Null where a dry run shows what would be."""
    number: Annotated[str | None, Field(examples=["100042"])]
    """Of the invoice; null where a dry run shows what would be."""
    quantity: int
    """How many customers the month was counted at."""
    amount: Money
    """Without VAT, corrections of earlier months included."""
    vat: Money
    """25 % of `amount`, rounded half up to whole öre."""
    total: Money
    """What is to be paid: `amount` and `vat`."""


class BillingRunOut(Answer):
    """A month's billing, of all bureaus."""

    id: UUID
    """To look at its result by."""
    status: Literal["queued", "finished"]
    """While it is `queued`, there is no result yet: the numbers are 0 and `items` is empty."""
    month: MonthOut
    """Of the use, `YYYY-MM`."""
    dry_run: bool
    """Whether it only shows what would be billed."""
    counted: int
    """How many bureaus' customers were counted for the month."""
    invoices: int
    """How many this run issued, or would issue; 0 where all were issued before."""
    total: Money
    """What all the month's invoices come to, with VAT."""
    items: list[BilledOut]
    """All the month's invoices, also those that an earlier run issued."""

    @classmethod
    def of(cls, run: BillingRun) -> "BillingRunOut":
        return cls(
            id=run.id,
            status="finished" if run.status == "finished" else "queued",
            month=run.month,
            dry_run=run.dry_run,
            counted=run.counted,
            invoices=run.invoices,
            total=Money(amount=run.total),
            items=[BilledOut.model_validate(item) for item in run.items],
        )
