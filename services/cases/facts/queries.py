"""All cases, page by page, in the order of their keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.tables import Case
from services.cases.timeline.tables import Entry

# What is seen by both sides: reading a case, assigning it and notes are no activity.
ACTIVITY = (
    *("created", "sent", "resolved", "closed", "reopened", "cancelled", "message_posted", "file_added"),
    *("item_answered", "item_accepted", "item_returned", "approved", "declined"),
)


class CaseRow(NamedTuple):
    """`active_at`: when one of the two sides last did something in it."""

    case: Case
    active_at: datetime


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
