"""Timed work of the register: imports."""

import time

from sqlalchemy import select

from services.identity.customers.imports.commands import import_chunk
from services.identity.customers.imports.queries import claim_job
from services.identity.customers.tables import ImportJob
from services.identity.settings import Settings
from shared.clock import utcnow
from shared.database.engine import Database
from shared.database.outages import is_down
from shared.worker import Job

LONGEST_RUN = 5.0


def jobs(settings: Settings) -> list[Job]:
    return [Job("import customers", 0.5, import_for_a_while)]


async def import_for_a_while(database: Database) -> None:
    """Ends in between, so that a worker that is told to stop need not wait for a large file's end."""
    until = time.monotonic() + LONGEST_RUN
    while time.monotonic() < until and await import_next(database):
        pass


async def import_next(database: Database) -> bool:
    """One piece of one import in one transaction; False where there is none left."""
    job_id = None
    try:
        async with database.transaction() as session:
            job = await claim_job(session)
            if job is None:
                return False
            job_id = job.id
            await import_chunk(session, job, at=utcnow())
    except Exception as error:
        if is_down(error) or job_id is None:
            raise
        async with database.transaction() as session:
            failed = await session.scalar(select(ImportJob).filter_by(id=job_id).with_for_update())
            if failed is not None:
                failed.fail_once(at=utcnow())
    return True
