"""Cases and their timelines as an audit reads them: in pages, all as they were at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.approvals.tables import Approval
from services.cases.case.tables import Case
from services.cases.files.tables import File
from services.cases.items.tables import Item
from services.cases.messages.tables import Message, Note
from services.cases.timeline.tables import Entry
from shared.database.walls import set_tenant

_SNAPSHOT = text("set transaction isolation level repeatable read, read only")

Written = Approval | File | Item | Message | Note
KINDS: tuple[type[Written], ...] = (Approval, File, Item, Message, Note)


@dataclass(frozen=True)
class Scope:
    """Which cases to verify: one, those of a bureau, or all."""

    case_id: UUID | None = None
    bureau_id: UUID | None = None


async def list_cases_after(session: AsyncSession, scope: Scope, after: UUID, limit: int) -> Sequence[Any]:
    """(bureau, case) of the cases that follow, in the order of their ids."""
    wanted = select(Case.bureau_id, Case.id).where(Case.id > after)
    if scope.case_id is not None:
        wanted = wanted.where(Case.id == scope.case_id)
    if scope.bureau_id is not None:
        wanted = wanted.where(Case.bureau_id == scope.bureau_id)
    return (await session.execute(wanted.order_by(Case.id).limit(limit))).all()


async def get_case_at_once(session: AsyncSession, bureau_id: UUID, case_id: UUID) -> Case:
    """The case, in a new transaction: what is read after it is from the same moment, whatever is written."""
    await session.execute(_SNAPSHOT)
    await set_tenant(session, bureau_id)
    wanted = select(Case).where(Case.bureau_id == bureau_id, Case.id == case_id)
    return (await session.scalars(wanted)).one()


async def list_written_after(
    session: AsyncSession, kind: type[Written], case: Case, after: UUID, limit: int
) -> Sequence[Written]:
    """The next page of what was written in the case, in the order of its ids."""
    wanted: Select[Any] = select(kind).where(
        kind.bureau_id == case.bureau_id, kind.case_id == case.id, kind.id > after
    )
    return (await session.scalars(wanted.order_by(kind.id).limit(limit))).all()


async def list_entries_after(session: AsyncSession, case: Case, position: int, limit: int) -> Sequence[Entry]:
    """The next page of the bureau's chain."""
    wanted = select(Entry).where(
        Entry.bureau_id == case.bureau_id, Entry.case_id == case.id, Entry.position > position
    )
    return (await session.scalars(wanted.order_by(Entry.position).limit(limit))).all()
