"""The events that a reaction could not handle, as rows in the database of the service that has the reaction.

A row waits for its next attempt, or is parked until an operator decides. Nothing is dropped in silence.
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

# The name under which a relay keeps events for which the broker has no queue; a replay puts them back into
# the outbox.
UNROUTED = "unrouted"


@dataclass(frozen=True)
class Leased:
    """A row whose next attempt is made by this worker; `attempts` includes this attempt."""

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
    event_type: str,
    error: BaseException,
    wait: float | None,
) -> None:
    """Record a first failure: the row waits for `wait` seconds, or is parked where `wait` is None.

    If the message is delivered again, its row stays: it is known by the id of its event, or by its content
    where the id can't be read.
    """
    row = {
        "id": uuid7() if event_id else _named_by_content(queue, body),
        "event_id": event_id,
        "queue": queue,
        "type": event_type,
        "body": body,
        "cause": _cause(error),
        "error": _words(error),
        "attempts": 1,
        "state": "parked" if wait is None else "waiting",
        "due_at": None if wait is None else func.now() + func.make_interval(0, 0, 0, 0, 0, 0, wait),
    }
    await session.execute(insert(table).values(row).on_conflict_do_nothing())


async def lease_due(session: AsyncSession, *, delays: Sequence[float]) -> Leased | None:
    """Take the next row that is due. The attempt is counted, and the one after it scheduled, before it is
    made: so a message that ends its process each time runs out of attempts too."""
    due = (
        select(table.c.id)
        .where(table.c.state == "waiting", table.c.due_at <= func.now())
        .order_by(table.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    # Without delays there is only one attempt; if it ends its process, the next may follow at once.
    waits = [float(wait) for wait in delays] or [0.0]
    # The first delay has passed since the row was kept, so the lease of attempt two sets the second delay.
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


async def failed_again(session: AsyncSession, letter_id: UUID, error: BaseException, *, park: bool) -> None:
    values: dict[str, Any] = {"cause": _cause(error), "error": _words(error), "last_failed_at": func.now()}
    if park:
        values |= {"state": "parked", "due_at": None}
    await session.execute(update(table).where(table.c.id == letter_id).values(values))


async def remove(session: AsyncSession, letter_id: UUID) -> bool:
    removed = await session.execute(delete(table).where(table.c.id == letter_id).returning(table.c.id))
    return removed.first() is not None


async def list_oldest(session: AsyncSession, *, cause: str | None = None, limit: int = 200) -> Sequence[Any]:
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


async def find(session: AsyncSession, letter_id: UUID) -> Any | None:
    return (await session.execute(select(table).where(table.c.id == letter_id))).first()


async def replay(session: AsyncSession, *, letter_id: UUID | None = None, cause: str | None = None) -> int:
    """Make one row, or all parked ones of a cause, due now; the worker does the rest. Returns how many."""
    wanted = update(table).values(state="waiting", due_at=func.now(), attempts=1)
    wanted = (
        wanted.where(table.c.id == letter_id)
        if letter_id is not None
        else wanted.where(table.c.state == "parked")
    )
    if cause is not None:
        wanted = wanted.where(table.c.cause == cause)
    return len((await session.execute(wanted.returning(table.c.id))).all())


async def discard(session: AsyncSession, *, letter_id: UUID | None = None, cause: str | None = None) -> int:
    """Remove one row, or all parked ones of a cause. Returns how many."""
    wanted = delete(table)
    wanted = (
        wanted.where(table.c.id == letter_id)
        if letter_id is not None
        else wanted.where(table.c.state == "parked")
    )
    if cause is not None:
        wanted = wanted.where(table.c.cause == cause)
    return len((await session.execute(wanted.returning(table.c.id))).all())


async def replace_body(session: AsyncSession, letter_id: UUID, body: bytes) -> None:
    """Replace the message by one that can be read; at its replay it is handled like a first delivery."""
    await session.execute(update(table).where(table.c.id == letter_id).values(body=body))


async def counts(session: AsyncSession) -> dict[str, int]:
    counted = await session.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {"waiting": 0, "parked": 0} | {row[0]: row[1] for row in counted}


def _named_by_content(queue: str, body: bytes) -> UUID:
    """The same UUID for the same message, of version 8 (RFC 9562, section 5.8)."""
    digest = bytearray(hashlib.sha256(queue.encode() + b"\0" + body).digest()[:16])
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return UUID(bytes=bytes(digest))


def _cause(error: BaseException) -> str:
    if isinstance(error, ServiceError):
        return error.code
    if isinstance(error, DBAPIError) and error.orig is not None:
        # The driver's exception has PostgreSQL's name of the error: DeadlockDetectedError and so on.
        error = error.orig.__cause__ or error.orig
    return type(error).__name__


def _words(error: BaseException) -> str:
    """The text of our own exceptions; of others only the class, for their text may quote a person's row."""
    own = type(error).__module__.startswith(("shared.", "services."))
    return f"{type(error).__name__}: {error}"[:500] if own else type(error).__name__
