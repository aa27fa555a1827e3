"""Each job may run in many replicas, and begins with a cheap query that finds nothing when nothing is due."""

from services.billing.runs import commands, queries
from services.billing.runs.tables import newest_month_to_bill
from shared.clock import utcnow
from shared.database.engine import Database


async def issue_invoices(database: Database, *, batch: int) -> None:
    at = utcnow()
    async with database.transaction() as session:
        months = await queries.list_months_to_bill(session, newest=newest_month_to_bill(at))
    for month in months:
        await commands.bill_month(database, month=month, dry_run=False, at=at, batch=batch)


async def run_billing(database: Database, *, batch: int) -> None:
    await commands.finish_requested_run(database, at=utcnow(), batch=batch)
