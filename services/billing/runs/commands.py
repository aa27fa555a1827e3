from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.calendar import invoice_day, last_day
from services.billing.runs.errors import TooEarly
from services.billing.runs.schemas import RunIn
from services.billing.runs.tables import BillingRun
from shared.callers import CallerOperator
from shared.clock import stockholm_date
from shared.ids import uuid7


def require_due(month: str, *, dry_run: bool, at: datetime) -> None:
    """Raises TooEarly before the month's invoice day. A dry run takes only that the month is over: on
    the invoice day itself the invoices are issued at once, and nothing is left to try."""
    today, due_on = stockholm_date(at), invoice_day(month)
    if today < due_on and not (dry_run and today > last_day(month)):
        raise TooEarly(due_on=due_on)


async def queue_run(session: AsyncSession, *, wanted: RunIn, by: CallerOperator, at: datetime) -> BillingRun:
    """Written down for the worker, which alone may look across bureaus."""
    require_due(wanted.month, dry_run=wanted.dry_run, at=at)
    run = BillingRun(
        id=uuid7(),
        month=wanted.month,
        dry_run=wanted.dry_run,
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
