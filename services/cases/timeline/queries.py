"""Timelines as they are read, and whether they are as they were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.cases.case.actors import Caller
from services.cases.case.queries import get_case
from services.cases.case.tables import Case
from services.cases.copies.queries import list_names
from services.cases.timeline.tables import Entry
from shared.callers import CallerMember
from shared.database.keyset import PageRequest, keyset


@dataclass(frozen=True)
class ShownEntry:
    """`number` is the entry's place among those that the reader sees: a gap would tell a customer of a note.
    `name` is that of the person who did it, None where it is not known."""

    entry: Entry
    number: int
    name: str | None


async def list_entries(
    session: AsyncSession, caller: Caller, case_id: UUID, paging: PageRequest
) -> Sequence[ShownEntry]:
    """The entries that the caller may see, oldest first."""
    case = await get_case(session, caller, case_id)
    number = func.row_number().over(order_by=Entry.position).label("number")
    seen = select(Entry, number).where(Entry.bureau_id == case.bureau_id, Entry.case_id == case.id)
    if isinstance(caller, CallerMember):
        seen = seen.where(Entry.internal.is_(False), Entry.position >= _sending(case))
    numbered = seen.subquery()
    entry = aliased(Entry, numbered)
    wanted: Select[Any] = select(entry, numbered.c.number)
    rows = (await session.execute(keyset(wanted, paging, entry.position))).all()
    names = await list_names(session, case.bureau_id, case.account_id, [row[0].user_id for row in rows])
    return [ShownEntry(entry, number, names.get(entry.user_id)) for entry, number in rows]


def _sending(case: Case) -> ScalarSelect[int]:
    """The position at which the case was sent, or else opened by the customer: theirs begins there.

    What was done in a draft is internal, but entries that are older than this rule do not say so.
    """
    begun = "sent" if case.created_by_side == "bureau" else "created"
    wanted = select(func.min(Entry.position)).where(
        Entry.bureau_id == case.bureau_id, Entry.case_id == case.id, Entry.action == begun
    )
    return wanted.scalar_subquery()


async def find_broken_position(session: AsyncSession, bureau_id: UUID, case_id: UUID) -> int | None:
    """The first position whose entry was removed, altered or swapped; None where the chain is whole."""
    wanted = select(Case).where(Case.bureau_id == bureau_id, Case.id == case_id)
    case = (await session.scalars(wanted)).one()
    chain = select(Entry).where(Entry.bureau_id == bureau_id, Entry.case_id == case_id)
    entries = (await session.scalars(chain.order_by(Entry.position))).all()
    previous = ""
    for expected, entry in enumerate(entries, start=1):
        if entry.position != expected or entry.hash_after(previous) != entry.hash:
            return expected
        previous = entry.hash
    if len(entries) < case.timeline_length or previous != case.timeline_hash:
        return len(entries) + 1
    return None


async def list_cases_after(session: AsyncSession, after: UUID, limit: int) -> Sequence[Any]:
    """(bureau, case, number) of the cases that follow, whichever bureau's, in the order of their ids."""
    wanted = select(Case.bureau_id, Case.id, Case.number).where(Case.id > after)
    return (await session.execute(wanted.order_by(Case.id).limit(limit))).all()
