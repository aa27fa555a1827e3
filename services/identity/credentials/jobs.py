from services.identity.credentials.commands import forget_challenges
from shared.clock import utcnow
from shared.database.engine import Database
from shared.worker import Job


async def run_forget_challenges(database: Database) -> None:
    async with database.transaction() as session:
        await forget_challenges(session, at=utcnow())


JOBS = [Job("forget-challenges", 3600, run_forget_challenges)]
