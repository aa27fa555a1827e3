"""Exactly once: an event's reaction takes effect in the transaction that takes its inbox row."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Sorted, so that two consumers of the same ids wait for each other instead of deadlocking.
_TAKE = text(
    "insert into inbox (event_id, queue)"
    " select distinct id, cast(:queue as text) from unnest(cast(:ids as uuid[])) as id order by id"
    " on conflict do nothing returning event_id"
)


async def first_time(session: AsyncSession, ids: Iterable[UUID], queue: str) -> set[UUID]:
    """Take the inbox rows; answers the ids that were not handled by this queue before."""
    taken = await session.execute(_TAKE, {"queue": queue, "ids": sorted(set(ids))})
    return set(taken.scalars())
