import time

from services.identity.imports.commands import import_chunk, note_failure
from services.identity.imports.queries import lock_next_job
from services.identity.imports.schemas import read_line
from shared.clock import utcnow
from shared.database.engine import Database
from shared.outages import is_down
from shared.worker import Job

LONGEST_RUN = 5.0


async def import_for_a_while(database: Database) -> None:
    """Ends after a few seconds, so that a worker that is told to stop does not wait for a whole file."""
    until = time.monotonic() + LONGEST_RUN
    while time.monotonic() < until and await import_next(database):
        pass


async def import_next(database: Database) -> bool:
    """One chunk of one import in one transaction; False where there is none left."""
    job_id = None
    try:
        async with database.transaction() as session:
            job = await lock_next_job(session)
            if job is None:
                return False
            job_id = job.id
            await import_chunk(session, job=job, read=read_line, at=utcnow())
    except Exception as error:
        if is_down(error) or job_id is None:
            raise
        async with database.transaction() as session:
            await note_failure(session, job_id=job_id, at=utcnow())
    return True


JOBS = [Job("import customers", 0.5, import_for_a_while)]
