"""Timed work. Each job may run in many replicas at once; one cheap query tells that nothing is due."""

from functools import partial

from services.billing.calendar import newest_month_to_bill
from services.billing.commands import run_month
from services.billing.invoices.queries import months_to_bill
from services.billing.runs.queries import lock_queued
from services.billing.settings import Settings
from services.billing.subscriptions.commands import BATCH, end_subscriptions
from services.billing.usage import commands as usage
from shared.clock import utcnow
from shared.database.engine import Database
from shared.worker import Job


async def count_months(database: Database) -> None:
    async with database.transaction() as session:
        await usage.count_months(session, at=utcnow())


async def end_cancelled(database: Database) -> None:
    ended = BATCH
    while ended == BATCH:
        async with database.transaction() as session:
            ended = await end_subscriptions(session, at=utcnow())


async def issue_invoices(database: Database, *, batch: int) -> None:
    at = utcnow()
    async with database.transaction() as session:
        months = await months_to_bill(session, newest=newest_month_to_bill(at))
    for month in months:
        await run_month(database, month=month, dry_run=False, at=at, batch=batch)


async def run_billing(database: Database, *, batch: int) -> None:
    """One requested run. Its row stays locked meanwhile: a process that ends leaves it to the next."""
    async with database.transaction() as session:
        run = await lock_queued(session)
        if run is None:
            return
        # The moment was found due by another process, whose clock may be a little ahead.
        at = max(utcnow(), run.requested_at)
        result = await run_month(database, month=run.month, dry_run=run.dry_run, at=at, batch=batch)
        run.finish(
            counted=result.counted,
            invoices=result.invoices,
            total=result.total.amount,
            items=[item.model_dump(mode="json") for item in result.items],
            at=at,
        )


def jobs(settings: Settings) -> list[Job]:
    batch = settings.billing_batch
    return [
        Job("count-months", 5, count_months),
        Job("end-subscriptions", 5, end_cancelled),
        Job("issue-invoices", 5, partial(issue_invoices, batch=batch)),
        Job("run-billing", 1, partial(run_billing, batch=batch)),
    ]
