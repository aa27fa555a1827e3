from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.persons.sessions.tables import LoginSession
from services.identity.persons.tables import Attempts, PasswordReset, Verification
from shared.clock import utcnow
from shared.database.engine import Database
from shared.worker import Job

KEPT = timedelta(days=30)


async def forget_expired(session: AsyncSession, *, at: datetime) -> None:
    """Sessions and links stay for a while, so that an old one is still told from a forged one."""
    await session.execute(delete(Attempts).where(Attempts.ends_at < at))
    for kind in (LoginSession, PasswordReset, Verification):
        await session.execute(delete(kind).where(kind.expires_at < at - KEPT))


async def run_forget_expired(database: Database) -> None:
    async with database.transaction() as session:
        await forget_expired(session, at=utcnow())


JOBS = [Job("forget-expired", 3600, run_forget_expired)]
