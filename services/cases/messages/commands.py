from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.actors import actor_of
from services.cases.announcing import announce
from services.cases.messages import queries
from services.cases.messages.tables import Message, Note
from services.cases.rights import case_to_answer, case_to_change
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee, CallerMember
from shared.events.cases import CaseChanged, CaseReopened, MessagePosted, NoteAdded
from shared.ids import uuid7


async def post_message(
    session: AsyncSession, case_id: UUID, *, body: str, by: CallerEmployee | CallerMember, at: datetime
) -> Message:
    """The ball goes to the other side; a resolved case is opened again by its customer."""
    case, actor = await case_to_answer(session, by, case_id), actor_of(by)
    previous = case.turn_after_message(actor.side, at=at)
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
    await record(session, case, action="message_posted", by=actor, at=at, facts=facts)
    kinds = (MessagePosted, CaseReopened) if previous == "resolved" else (MessagePosted,)
    await announce(session, case, *kinds, by=actor, previous=previous, message_id=message.id)
    return message


async def correct_message(
    session: AsyncSession,
    case_id: UUID,
    message_id: UUID,
    *,
    body: str,
    by: CallerEmployee | CallerMember,
    at: datetime,
) -> Message:
    case, actor = await case_to_change(session, by, case_id), actor_of(by)
    message = await queries.get_message(session, case, message_id)
    earlier = message.correct(body, by=actor.user_id, at=at)
    case.changed(at=at, news_from=actor.side)
    facts = {"message_id": message.id, "earlier": earlier}
    await record(session, case, action="message_corrected", by=actor, at=at, facts=facts)
    await announce(session, case, CaseChanged, by=actor)
    return message


async def add_note(
    session: AsyncSession, case_id: UUID, *, body: str, by: CallerEmployee, at: datetime
) -> Note:
    """Leaves the case's version and time as they are: nothing that a customer sees tells of it."""
    case, actor = await case_to_change(session, by, case_id), actor_of(by)
    note = Note(
        id=uuid7(),
        bureau_id=case.bureau_id,
        case_id=case.id,
        user_id=by.user_id,
        body=body,
        created_at=at,
    )
    session.add(note)
    await record(
        session, case, action="note_added", by=actor, at=at, facts={"note_id": note.id}, internal=True
    )
    await announce(session, case, NoteAdded, by=actor, to=[], note_id=note.id)
    return note
