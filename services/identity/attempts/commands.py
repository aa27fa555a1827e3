"""Limits on guessing, per person and per network address, shared by all replicas."""

import math
from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.attempts import queries
from services.identity.attempts.errors import TooManyAttempts
from services.identity.attempts.tables import Attempts, key_of


async def count_attempt(
    session: AsyncSession, *, what: str, limit: int, window: timedelta, at: datetime
) -> None:
    """Counts one attempt. Raises TooManyAttempts where it is one too many.

    The row stays locked until the commit, so that attempts at one thing wait for each other and many at
    once can't slip under the limit.
    """
    fresh = insert(Attempts).values(key=key_of(what), number=1, ends_at=at + window)
    over = Attempts.ends_at <= at
    counted = fresh.on_conflict_do_update(
        index_elements=[Attempts.key],
        set_={
            "number": case((over, 1), else_=Attempts.number + 1),
            "ends_at": case((over, fresh.excluded.ends_at), else_=Attempts.ends_at),
        },
    ).returning(Attempts.number, Attempts.ends_at)
    number, ends_at = (await session.execute(counted)).one()
    if number > limit:
        raise _too_many(ends_at, at=at)


async def require_attempts_left(session: AsyncSession, *, what: str, limit: int, at: datetime) -> None:
    """Raises TooManyAttempts where the limit is reached; counts nothing."""
    known = await queries.find_attempts(session, what, at=at)
    if known is not None and known.number >= limit:
        raise _too_many(known.ends_at, at=at)


async def forget_attempts(session: AsyncSession, *, what: str) -> None:
    await session.execute(delete(Attempts).where(Attempts.key == key_of(what)))


async def forget_ended_windows(session: AsyncSession, *, at: datetime) -> None:
    await session.execute(delete(Attempts).where(Attempts.ends_at < at))


def _too_many(ends_at: datetime, *, at: datetime) -> TooManyAttempts:
    return TooManyAttempts(retry_after=max(1, math.ceil((ends_at - at).total_seconds())))
