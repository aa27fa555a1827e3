"""Limits on guessing, per person and per address, shared by all replicas."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.persons.errors import TooManyAttempts
from services.identity.persons.tables import Attempts


@dataclass(frozen=True)
class Limits:
    """How many attempts one `window` allows."""

    per_person: int
    per_address: int
    mails: int
    window: timedelta


async def count(session: AsyncSession, what: str, *, limit: int, window: timedelta, at: datetime) -> None:
    """Count one attempt. The row stays locked until the commit, so that attempts at one thing queue up
    and many at once can't slip under the limit. Raises TooManyAttempts."""
    fresh = insert(Attempts).values(key=_key(what), number=1, ends_at=at + window)
    over = Attempts.ends_at <= at
    counted = fresh.on_conflict_do_update(
        index_elements=[Attempts.key],
        set_={
            "number": case((over, 1), else_=Attempts.number + 1),
            "ends_at": case((over, fresh.excluded.ends_at), else_=Attempts.ends_at),
        },
    ).returning(Attempts.number, Attempts.ends_at)
    _refuse_over(limit, (await session.execute(counted)).one(), at)


async def check(session: AsyncSession, what: str, *, limit: int, at: datetime) -> None:
    """Raises TooManyAttempts where the limit is reached; counts nothing."""
    known = select(Attempts.number, Attempts.ends_at).where(Attempts.key == _key(what), Attempts.ends_at > at)
    row = (await session.execute(known)).one_or_none()
    if row is not None:
        _refuse_over(limit - 1, row, at)


async def forget(session: AsyncSession, what: str) -> None:
    await session.execute(delete(Attempts).where(Attempts.key == _key(what)))


def _refuse_over(limit: int, row: Any, at: datetime) -> None:
    if row.number > limit:
        raise TooManyAttempts(retry_after=max(1, math.ceil((row.ends_at - at).total_seconds())))


def _key(what: str) -> bytes:
    """Hashed: addresses that nobody has signed up with are not ours to keep."""
    return hashlib.sha256(what.encode()).digest()
