"""The dialogue of a case, and the bureau's notes, with the names of those who wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Caller
from services.cases.case.queries import get_case
from services.cases.case.tables import Case
from services.cases.copies.queries import list_names
from services.cases.messages.tables import Message, Note
from shared.callers import CallerEmployee
from shared.database.keyset import PageRequest, keyset
from shared.errors import found

Written = TypeVar("Written", Message, Note)


@dataclass(frozen=True)
class Signed(Generic[Written]):
    """What a person wrote, with their name; None where the person is not known here."""

    row: Written
    name: str | None


async def list_messages(
    session: AsyncSession, caller: Caller, case_id: UUID, paging: PageRequest
) -> Sequence[Signed[Message]]:
    """Oldest first, as a dialogue is read."""
    case = await get_case(session, caller, case_id)
    wanted = select(Message).where(Message.bureau_id == case.bureau_id, Message.case_id == case.id)
    return await _list_signed(
        session, case, (await session.scalars(keyset(wanted, paging, Message.id))).all()
    )


async def list_notes(
    session: AsyncSession, caller: CallerEmployee, case_id: UUID, paging: PageRequest
) -> Sequence[Signed[Note]]:
    """Oldest first."""
    case = await get_case(session, caller, case_id)
    wanted = select(Note).where(Note.bureau_id == case.bureau_id, Note.case_id == case.id)
    return await _list_signed(session, case, (await session.scalars(keyset(wanted, paging, Note.id))).all())


async def get_message(session: AsyncSession, case: Case, message_id: UUID) -> Message:
    wanted = select(Message).where(
        Message.bureau_id == case.bureau_id, Message.case_id == case.id, Message.id == message_id
    )
    return found((await session.scalars(wanted)).one_or_none(), "message")


async def get_signed(session: AsyncSession, case: Case, row: Written) -> Signed[Written]:
    (signed,) = await _list_signed(session, case, [row])
    return signed


async def _list_signed(session: AsyncSession, case: Case, rows: Sequence[Written]) -> list[Signed[Written]]:
    names = await list_names(session, case.bureau_id, case.account_id, [row.user_id for row in rows])
    return [Signed(row, names.get(row.user_id)) for row in rows]
