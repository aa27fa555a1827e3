"""What reactions could not handle, in the consuming service's database, whatever the transport.

A row waits for its next attempt, or is parked for an operator. Nothing is dropped in silence.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.tables import dead_letters as table
from shared.errors import ServiceError
from shared.ids import uuid7

# The queue name under which a relay keeps what no queue takes; its replay goes by the outbox again.
UNROUTED = "unrouted"


@dataclass(frozen=True)
class Leased:
    """A waiting row whose next attempt is ours; `attempts` counts this one."""

    id: UUID
    queue: str
    body: bytes
    attempts: int


async def keep(
    session: AsyncSession,
    *,
    queue: str,
    body: bytes,
    event_id: UUID | None,
    type: str,
    error: BaseException,
    wait: float | None,
) -> None:
    """Record a first failure: waiting for `wait` seconds, or parked where that is None. Delivered again
    it is the same one: by its event's id, or by its content where nobody can read that."""
    row = {
        "id": uuid7() if event_id else _named_by_content(queue, body),
        "event_id": event_id,
        "queue": queue,
        "type": type,
        "body": body,
        "cause": _cause(error),
        "error": _words(error),
        "attempts": 1,
        "state": "parked" if wait is None else "waiting",
        "due_at": None if wait is None else func.now() + func.make_interval(0, 0, 0, 0, 0, 0, wait),
    }
    await session.execute(insert(table).values(row).on_conflict_do_nothing())


async def lease_due(session: AsyncSession, *, delays: Sequence[float]) -> Leased | None:
    """Take the next due row. The attempt is counted and the next one set before it is made, so a
    handler that kills its process comes to its end too."""
    due = (
        select(table.c.id)
        .where(table.c.state == "waiting", table.c.due_at <= func.now())
        .order_by(table.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    # Without delays there is one attempt; should its process end, the next may follow at once.
    waits = [float(wait) for wait in delays] or [0.0]
    # The first was waited for when the row was kept: the lease of the second attempt sets the second.
    steps = [(table.c.attempts == number, wait) for number, wait in enumerate(waits[1:], start=1)]
    wait = case(*steps, else_=waits[-1]) if steps else waits[-1]
    leased = await session.execute(
        update(table)
        .where(table.c.id == due.scalar_subquery())
        .values(attempts=table.c.attempts + 1, due_at=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, wait))
        .returning(table.c.id, table.c.queue, table.c.body, table.c.attempts)
    )
    row = leased.first()
    return None if row is None else Leased(*row)


async def failed_again(session: AsyncSession, id: UUID, error: BaseException, *, park: bool) -> None:
    values: dict[str, Any] = {"cause": _cause(error), "error": _words(error), "last_failed_at": func.now()}
    if park:
        values |= {"state": "parked", "due_at": None}
    await session.execute(update(table).where(table.c.id == id).values(values))


async def remove(session: AsyncSession, id: UUID) -> bool:
    removed = await session.execute(delete(table).where(table.c.id == id).returning(table.c.id))
    return removed.first() is not None


async def find(session: AsyncSession, *, cause: str | None = None, limit: int = 200) -> Sequence[Any]:
    wanted = select(table).order_by(table.c.first_failed_at).limit(limit)
    if cause is not None:
        wanted = wanted.where(table.c.cause == cause)
    return (await session.execute(wanted)).all()


async def causes(session: AsyncSession) -> Sequence[Any]:
    """(cause, queue, state, number, oldest) of all there are, the most frequent first."""
    number = func.count().label("number")
    counted = (
        select(table.c.cause, table.c.queue, table.c.state, number, func.min(table.c.first_failed_at))
        .group_by(table.c.cause, table.c.queue, table.c.state)
        .order_by(number.desc(), table.c.cause, table.c.queue)
    )
    return (await session.execute(counted)).all()


async def get(session: AsyncSession, id: UUID) -> Any | None:
    return (await session.execute(select(table).where(table.c.id == id))).first()


async def replay(session: AsyncSession, *, id: UUID | None = None, cause: str | None = None) -> int:
    """Make one row, or all of a cause, due now; the worker does the rest. Answers how many."""
    wanted = update(table).values(state="waiting", due_at=func.now(), attempts=1)
    wanted = wanted.where(table.c.id == id) if id is not None else wanted.where(table.c.state == "parked")
    if cause is not None:
        wanted = wanted.where(table.c.cause == cause)
    return len((await session.execute(wanted.returning(table.c.id))).all())


async def discard(session: AsyncSession, *, id: UUID | None = None, cause: str | None = None) -> int:
    """Remove one row, or all parked ones of a cause. Answers how many."""
    wanted = delete(table)
    wanted = wanted.where(table.c.id == id) if id is not None else wanted.where(table.c.state == "parked")
    if cause is not None:
        wanted = wanted.where(table.c.cause == cause)
    return len((await session.execute(wanted.returning(table.c.id))).all())


async def mend(session: AsyncSession, id: UUID, body: bytes) -> None:
    """Replace the message by one that can be read; it is handled as a first delivery at its replay."""
    await session.execute(update(table).where(table.c.id == id).values(body=body))


async def counts(session: AsyncSession) -> dict[str, int]:
    counted = await session.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {"waiting": 0, "parked": 0} | {row[0]: row[1] for row in counted}


def _named_by_content(queue: str, body: bytes) -> UUID:
    """A UUID of version 8 (RFC 9562, 5.8)."""
    digest = bytearray(hashlib.sha256(queue.encode() + b"\0" + body).digest()[:16])
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return UUID(bytes=bytes(digest))


def _cause(error: BaseException) -> str:
    if isinstance(error, ServiceError):
        return error.code
    if isinstance(error, DBAPIError) and error.orig is not None:
        # PostgreSQL's own name for it: DeadlockDetectedError, UniqueViolationError …
        error = error.orig.__cause__ or error.orig
    return type(error).__name__


def _words(error: BaseException) -> str:
    """Its own words for our exceptions; only the class for others, whose words may quote a person's row."""
    own = type(error).__module__.startswith(("shared.", "services."))
    return f"{type(error).__name__}: {error}"[:500] if own else type(error).__name__
