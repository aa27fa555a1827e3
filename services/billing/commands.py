"""Billing a month, for all bureaus: what the worker's jobs and `arende billing run` call."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices import queries
from services.billing.invoices.commands import bill_batch
from services.billing.runs.commands import require_due
from services.billing.runs.schemas import RunItem, RunResult
from services.billing.usage.commands import count_months
from shared.database.engine import Database
from shared.http.schemas import Money
from shared.kill_points import kill_point

BATCH = 1000


async def run_month(
    database: Database, *, month: str, dry_run: bool, at: datetime, batch: int = BATCH
) -> RunResult:
    """Count what is not counted, then issue the month's invoices, `batch` bureaus in each transaction.

    A month is billed on the last day of the following month, from 00:00 Europe/Stockholm. It may be run
    by many at once, ended at any point and run again: each bureau gets one invoice for the month.
    Raises TooEarly.
    """
    require_due(month, dry_run=dry_run, at=at)
    if dry_run:
        return await _imagine(database, month=month, at=at, batch=batch)
    async with database.transaction() as session:
        await count_months(session, at=at)
    issued = 0
    while True:
        async with database.transaction() as session:
            done = await bill_batch(session, month=month, at=at, limit=batch)
            kill_point("billing-before-commit")
            if done.settled == 0:
                return await _result(session, month=month, dry_run=False, issued=issued)
        issued += len(done.issued)
        kill_point("billing-after-bureau")


async def _imagine(database: Database, *, month: str, at: datetime, batch: int) -> RunResult:
    """The same work in a transaction that never commits."""
    imagined: set[UUID] = set()
    async with database.sessions() as session:
        await count_months(session, at=at)
        while (done := await bill_batch(session, month=month, at=at, limit=batch)).settled:
            imagined.update(done.issued)
        result = await _result(session, month=month, dry_run=True, issued=len(imagined))
    items = [item.imagined() if item.invoice_id in imagined else item for item in result.items]
    return result.model_copy(update={"items": items})


async def _result(session: AsyncSession, *, month: str, dry_run: bool, issued: int) -> RunResult:
    invoices = await queries.invoices_of_month(session, month=month)
    return RunResult(
        month=month,
        dry_run=dry_run,
        counted=await queries.counted_bureaus(session, month=month),
        invoices=issued,
        total=Money(amount=sum(invoice.total for invoice in invoices)),
        items=[RunItem.of(invoice) for invoice in invoices],
    )
