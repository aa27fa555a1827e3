from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.messages.tables import Message, Note
from services.cases.tables import Case
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound


async def messages_of(session: AsyncSession, case: Case, paging: PageRequest) -> Sequence[Message]:
    """Oldest first, as a dialogue is read."""
    wanted = select(Message).where(Message.bureau_id == case.bureau_id, Message.case_id == case.id)
    return (await session.scalars(keyset(wanted, paging, Message.id))).all()


async def notes_of(session: AsyncSession, case: Case, paging: PageRequest) -> Sequence[Note]:
    wanted = select(Note).where(Note.bureau_id == case.bureau_id, Note.case_id == case.id)
    return (await session.scalars(keyset(wanted, paging, Note.id))).all()


async def get_message(session: AsyncSession, case: Case, message_id: UUID) -> Message:
    wanted = select(Message).where(
        Message.bureau_id == case.bureau_id, Message.case_id == case.id, Message.id == message_id
    )
    message = (await session.scalars(wanted)).one_or_none()
    if message is None:
        raise NotFound("message")
    return message
