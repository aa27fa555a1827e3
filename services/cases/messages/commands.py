from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Caller, actor_of
from services.cases.case.news import announce
from services.cases.case.queries import list_reachable, lock_case_to_answer, lock_case_to_change
from services.cases.messages.queries import Signed, get_message, get_signed
from services.cases.messages.tables import Message, Note
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee
from shared.events.cases import CaseChanged, CaseReopened, MessagePosted, NoteAdded
from shared.ids import uuid7


async def post_message(
    session: AsyncSession, *, case_id: UUID, body: str, by: Caller, at: datetime
) -> Signed[Message]:
    """Afterwards the case waits for the other side. A message from the customer reopens a resolved case."""
    case, actor = await lock_case_to_answer(session, by, case_id), actor_of(by)
    to = await list_reachable(session, case) if actor.side == "bureau" else None
    previous = case.turn_after_message(actor.side, heard=to is None or bool(to), at=at)
    message = Message(
        id=uuid7(),
        bureau_id=case.bureau_id,
        case_id=case.id,
        side=actor.side,
        user_id=actor.user_id,
        body=body,
        created_at=at,
    )
    session.add(message)
    case.changed(at=at, news_from=actor.side)
    facts = {"message_id": message.id, "status": case.status}
    contents = message.contents()
    record(session, case=case, action="message_posted", by=actor, at=at, facts=facts, contents=contents)
    kinds = (MessagePosted, CaseReopened) if previous == "resolved" else (MessagePosted,)
    await announce(session, case, *kinds, by=actor, previous=previous, to=to, message_id=message.id)
    return await get_signed(session, case, message)


async def correct_message(
    session: AsyncSession,
    *,
    case_id: UUID,
    message_id: UUID,
    body: str,
    by: Caller,
    at: datetime,
) -> Signed[Message]:
    """The earlier text stays in the timeline. The same text again changes nothing."""
    case, actor = await lock_case_to_change(session, by, case_id), actor_of(by)
    message = await get_message(session, case, message_id)
    earlier = message.correct(body, by=actor.user_id, at=at)
    if earlier is None:
        return await get_signed(session, case, message)
    case.changed(at=at, news_from=actor.side)
    facts = {"message_id": message.id, "earlier": earlier}
    contents = message.contents()
    record(session, case=case, action="message_corrected", by=actor, at=at, facts=facts, contents=contents)
    await announce(session, case, CaseChanged, by=actor)
    return await get_signed(session, case, message)


async def add_note(
    session: AsyncSession, *, case_id: UUID, body: str, by: CallerEmployee, at: datetime
) -> Signed[Note]:
    """The case's version and time stay as they are, so that nothing a customer sees tells of the note."""
    case, actor = await lock_case_to_change(session, by, case_id), actor_of(by)
    note = Note(
        id=uuid7(), bureau_id=case.bureau_id, case_id=case.id, user_id=by.user_id, body=body, created_at=at
    )
    session.add(note)
    record(
        session,
        case=case,
        action="note_added",
        by=actor,
        at=at,
        facts={"note_id": note.id},
        contents=note.contents(),
        internal=True,
    )
    await announce(session, case, NoteAdded, by=actor, to=[], note_id=note.id)
    return await get_signed(session, case, note)
