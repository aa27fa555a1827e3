from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.attempts.tables import Attempts, key_of


async def find_attempts(session: AsyncSession, what: str, *, at: datetime) -> Row[int, datetime] | None:
    """(number, when the window ends) of the window that includes `at`."""
    counted = select(Attempts.number, Attempts.ends_at)
    counted = counted.where(Attempts.key == key_of(what), Attempts.ends_at > at)
    return (await session.execute(counted)).one_or_none()
