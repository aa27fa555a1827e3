"""All cases, page by page, in the order of their keys."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.tables import Case, ReadMark
from services.cases.copies.tables import Employee
from services.cases.timeline.tables import Entry

# What is seen by both sides: reading a case, assigning it and notes are no activity.
ACTIVITY = (
    *("created", "sent", "resolved", "closed", "reopened", "cancelled", "message_posted", "file_added"),
    *("item_answered", "item_accepted", "item_returned", "approved", "declined"),
)

# A mail that waits longer is sent, read or not: copies of earlier readings are forgotten.
READ_LATELY = timedelta(days=7)


class CaseRow(NamedTuple):
    """`active_at`: when one of the two sides last did something in it."""

    case: Case
    active_at: datetime


class ReadingRow(NamedTuple):
    """`at_bureau`: whether the person who read the case is an employee."""

    mark: ReadMark
    case: Case
    at_bureau: bool


async def list_bureau_ids(session: AsyncSession, *, after: UUID, limit: int) -> Sequence[UUID]:
    statement = select(Case.bureau_id).where(Case.bureau_id > after).distinct()
    return (await session.scalars(statement.order_by(Case.bureau_id).limit(limit))).all()


async def list_cases(session: AsyncSession, *, bureau_id: UUID, after: UUID, limit: int) -> list[CaseRow]:
    latest = (
        select(func.max(Entry.at))
        .where(Entry.bureau_id == bureau_id, Entry.case_id == Case.id, Entry.action.in_(ACTIVITY))
        .scalar_subquery()
    )
    statement = select(Case, func.coalesce(latest, Case.created_at))
    statement = statement.where(Case.bureau_id == bureau_id, Case.id > after)
    rows = await session.execute(statement.order_by(Case.id).limit(limit))
    return [CaseRow(*row) for row in rows]


async def list_readings(
    session: AsyncSession, *, bureau_id: UUID, after: tuple[UUID, UUID], limit: int
) -> list[ReadingRow]:
    """Who has read which case in the last days."""
    at_bureau = select(Employee.user_id).where(
        Employee.bureau_id == bureau_id, Employee.user_id == ReadMark.user_id
    )
    statement = (
        select(ReadMark, Case, at_bureau.exists())
        .join(Case, Case.id == ReadMark.case_id)
        .where(
            ReadMark.bureau_id == bureau_id,
            ReadMark.read_at > func.now() - READ_LATELY,
            tuple_(ReadMark.case_id, ReadMark.user_id) > tuple_(*after),
        )
    )
    rows = await session.execute(statement.order_by(ReadMark.case_id, ReadMark.user_id).limit(limit))
    return [ReadingRow(*row) for row in rows]
