"""The inbox: a reaction takes effect in the transaction that takes the event's inbox row, so only once."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Sorted, so that two consumers of the same ids wait for each other instead of deadlocking.
_TAKE = text(
    "insert into inbox (event_id, queue)"
    " select distinct id, cast(:queue as text) from unnest(cast(:ids as uuid[])) as id order by id"
    " on conflict do nothing returning event_id"
)
_TAKE_BY_EACH_NAME = text(
    "with taken as (insert into inbox (event_id, queue)"
    " select distinct id, name from unnest(cast(:ids as uuid[])) as id,"
    " unnest(cast(:names as text[])) as name order by id, name"
    " on conflict do nothing returning event_id)"
    " select event_id from taken group by event_id having count(*) = cardinality(cast(:names as text[]))"
)


async def first_time(
    session: AsyncSession, ids: Iterable[UUID], queue: str, *, formerly: Sequence[str] = ()
) -> set[UUID]:
    """Take the inbox rows; returns the ids that were not handled before, by this queue or by one of its
    former names. A worker of the previous release that is handling one of them now is waited for."""
    statement, values = _TAKE, {"queue": queue, "ids": sorted(set(ids))}
    if formerly:
        statement, values = _TAKE_BY_EACH_NAME, {"names": [queue, *formerly], "ids": values["ids"]}
    taken = await session.execute(statement, values)
    return set(taken.scalars())
