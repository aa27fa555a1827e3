"""Timed work."""

from services.cases import commands
from services.cases.queries import resolved_before
from services.cases.tables import REOPENABLE
from shared.clock import utcnow
from shared.database.engine import Database
from shared.worker import Job


async def close_resolved(database: Database) -> None:
    """A resolved case that its customer can no longer reopen is closed."""
    at = utcnow()
    async with database.transaction() as session:
        due = await resolved_before(session, at - REOPENABLE)
    for bureau_id, case_id in due:
        async with database.transaction(bureau_id=bureau_id) as session:
            await commands.close_resolved(session, bureau_id, case_id, at=at)


JOBS = (Job("close-resolved", 3600, close_resolved),)
