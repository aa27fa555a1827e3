from services.identity.people.commands import forget_expired
from shared.clock import utcnow
from shared.database.engine import Database
from shared.worker import Job


async def run_forget_expired(database: Database) -> None:
    async with database.transaction() as session:
        await forget_expired(session, at=utcnow())


JOBS = [Job("forget-expired", 3600, run_forget_expired)]
