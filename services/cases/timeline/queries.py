from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.cases.tables import Case
from services.cases.timeline.tables import Entry
from shared.database.keyset import PageRequest, keyset


@dataclass(frozen=True)
class Shown:
    """`number`: its place among the entries that the reader sees; a gap would tell of a note."""

    entry: Entry
    number: int


async def entries_of(
    session: AsyncSession, case: Case, *, internal: bool, paging: PageRequest
) -> Sequence[Shown]:
    number = func.row_number().over(order_by=Entry.position).label("number")
    visible = select(Entry, number).where(Entry.bureau_id == case.bureau_id, Entry.case_id == case.id)
    if not internal:
        visible = visible.where(Entry.internal.is_(False))
    numbered = visible.subquery()
    entry = aliased(Entry, numbered)
    wanted: Select[Any] = select(entry, numbered.c.number)
    return [Shown(*row) for row in await session.execute(keyset(wanted, paging, entry.position))]


async def verify(session: AsyncSession, case_id: UUID) -> int | None:
    """The first position whose entry was removed, altered or swapped; None where the chain is whole."""
    case = (await session.scalars(select(Case).where(Case.id == case_id))).one()
    entries = (
        await session.scalars(select(Entry).where(Entry.case_id == case_id).order_by(Entry.position))
    ).all()
    previous = ""
    for expected, entry in enumerate(entries, start=1):
        if entry.position != expected or entry.hash_after(previous) != entry.hash:
            return expected
        previous = entry.hash
    if len(entries) < case.timeline_length or previous != case.timeline_hash:
        return len(entries) + 1
    return None
