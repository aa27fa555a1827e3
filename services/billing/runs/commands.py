"""Billing a month, for all bureaus: what the worker's jobs and `arende billing run` call."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.copies.queries import list_buyers
from services.billing.invoices.commands import issue_invoices
from services.billing.invoices.queries import lock_counter
from services.billing.runs import queries
from services.billing.runs.tables import BilledInvoice, BillingRun, require_due
from services.billing.usage.commands import count_months
from services.billing.usage.tables import MonthlyCount
from shared.callers import CallerOperator
from shared.clock import stockholm_date
from shared.database.engine import Database
from shared.ids import uuid7
from shared.kill_points import kill_point

BATCH = 1000
_SETTLE = (
    update(MonthlyCount)
    .where(
        MonthlyCount.month == bindparam("of_month"),
        MonthlyCount.bureau_id == func.any(bindparam("bureaus", type_=ARRAY(Uuid()))),
    )
    .values(settled_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True)
class Result:
    """A month's billing. `invoices` is how many this run issued, or would issue; `items` and `total` (öre,
    with VAT) are of all the month's invoices, `counted` is how many bureaus' customers were counted."""

    month: str
    dry_run: bool
    counted: int
    invoices: int
    total: int
    items: list[BilledInvoice]


@dataclass(frozen=True)
class Batch:
    """`settled` is how many counts it took; `issued` are the invoices of those that needed one."""

    settled: int
    issued: list[UUID]


async def bill_month(
    database: Database, *, month: str, dry_run: bool, at: datetime, batch: int = BATCH
) -> Result:
    """Counts what is not counted, then issues the month's invoices, `batch` bureaus in each transaction.

    A month is billed on the last day of the following month, from 00:00 Europe/Stockholm. It may be run by
    many at once, ended at any point and run again: each bureau gets one invoice for the month. Raises
    TooEarly.
    """
    require_due(month, dry_run=dry_run, at=at)
    if dry_run:
        return await _rehearse(database, month=month, at=at, batch=batch)
    async with database.transaction() as session:
        await count_months(session, at=at)
    issued = 0
    while True:
        async with database.transaction() as session:
            done = await _bill_batch(session, month=month, at=at, limit=batch)
            kill_point("billing-before-commit")
            if done.settled == 0:
                return await _result(session, month=month, dry_run=False, issued=issued)
        issued += len(done.issued)
        kill_point("billing-after-bureau")


async def request_run(
    session: AsyncSession, *, month: str, dry_run: bool, by: CallerOperator, at: datetime
) -> BillingRun:
    """Notes the request for the worker, which alone may look across bureaus. Raises TooEarly."""
    require_due(month, dry_run=dry_run, at=at)
    run = BillingRun(
        id=uuid7(),
        month=month,
        dry_run=dry_run,
        status="queued",
        requested_by=by.user_id,
        requested_at=at,
        counted=0,
        invoices=0,
        total=0,
        items=[],
    )
    session.add(run)
    return run


async def finish_requested_run(database: Database, *, at: datetime, batch: int) -> None:
    """Does the run that has waited longest, if there is one. Its row stays locked meanwhile: if this process
    ends, the run is left to the next."""
    async with database.transaction() as session:
        run = await queries.lock_queued_run(session)
        if run is None:
            return
        # The process that found the month due may have had a clock that is a little ahead of this one's.
        at = max(at, run.requested_at)
        result = await bill_month(database, month=run.month, dry_run=run.dry_run, at=at, batch=batch)
        run.finish(
            counted=result.counted,
            invoices=result.invoices,
            total=result.total,
            items=[item.as_json() for item in result.items],
            at=at,
        )


async def _bill_batch(session: AsyncSession, *, month: str, at: datetime, limit: int) -> Batch:
    """Bills the next bureaus of the month, at most `limit`. Whoever else bills waits for this to commit, so
    each count is billed once, and a rollback gives its numbers back."""
    counter = await lock_counter(session)
    usage = await queries.list_unsettled(session, month=month, limit=limit)
    if not usage:
        return Batch(0, [])
    bureau_ids = [each.bureau_id for each in usage]
    issued = await issue_invoices(
        session,
        counter=counter,
        usage=usage,
        adjustments=await queries.list_adjustments(session, bureau_ids),
        buyers=await list_buyers(session, bureau_ids),
        on=stockholm_date(at),
    )
    await session.execute(_SETTLE, {"of_month": month, "bureaus": bureau_ids, "at": at})
    return Batch(len(usage), issued)


async def _rehearse(database: Database, *, month: str, at: datetime, batch: int) -> Result:
    """Does the same work in a transaction that never commits."""
    issued: set[UUID | None] = set()
    async with database.sessions() as session:
        await count_months(session, at=at)
        while (done := await _bill_batch(session, month=month, at=at, limit=batch)).settled:
            issued.update(done.issued)
        result = await _result(session, month=month, dry_run=True, issued=len(issued))
    items = [
        item._replace(invoice_id=None, number=None) if item.invoice_id in issued else item
        for item in result.items
    ]
    return replace(result, items=items)


async def _result(session: AsyncSession, *, month: str, dry_run: bool, issued: int) -> Result:
    items = await queries.list_billed(session, month=month)
    return Result(
        month=month,
        dry_run=dry_run,
        counted=await queries.count_bureaus(session, month=month),
        invoices=issued,
        total=sum(item.total for item in items),
        items=items,
    )
