"""Timelines as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.cases.case.actors import Caller, side_of
from services.cases.case.queries import get_case
from services.cases.copies.queries import list_names
from services.cases.timeline.tables import Entry
from shared.database.keyset import PageRequest, keyset


@dataclass(frozen=True)
class ShownEntry:
    """`position` and `hash` are those of the reader's chain. `name` is that of the person who did it, None
    where it is not known."""

    entry: Entry
    position: int
    hash: str
    name: str | None


async def list_entries(
    session: AsyncSession, caller: Caller, case_id: UUID, paging: PageRequest
) -> Sequence[ShownEntry]:
    """The entries of the caller's chain, oldest first."""
    case = await get_case(session, caller, case_id)
    position: InstrumentedAttribute[Any] = Entry.position
    hash_: InstrumentedAttribute[Any] = Entry.hash
    if side_of(caller) == "customer":
        position, hash_ = Entry.shared_position, Entry.shared_hash
    chain = select(Entry, position, hash_).where(
        Entry.bureau_id == case.bureau_id, Entry.case_id == case.id, position.is_not(None)
    )
    rows = (await session.execute(keyset(chain, paging, position))).all()
    names = await list_names(session, case.bureau_id, case.account_id, [row[0].user_id for row in rows])
    return [ShownEntry(entry, number, link, names.get(entry.user_id)) for entry, number, link in rows]
