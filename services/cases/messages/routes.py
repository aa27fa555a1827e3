from uuid import UUID

from services.cases.errors import CaseNotOpen, NotYourCustomer, ReopenedTooLate
from services.cases.messages import commands, queries
from services.cases.messages.errors import NotTheAuthor, TooLate
from services.cases.messages.schemas import MessageOut, NoteOut, Text
from services.cases.messages.tables import Message
from services.cases.parties.queries import names_of
from services.cases.queries import case_for
from shared.callers import CallerEmployee, CallerMember
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("messages")


@router.get("/v1/cases/{case_id}/messages", responses=refusals(NotFound))
async def list_messages(
    case_id: UUID, caller: EmployeeOrMember, session: Session, paging: Paging
) -> Page[MessageOut]:
    case = await case_for(session, caller, case_id)
    messages = await queries.messages_of(session, case, paging)
    names = await names_of(session, case.bureau_id, case.account_id, [each.user_id for each in messages])
    return page(messages, paging, out=lambda each: MessageOut.of(each, names), key=lambda each: [each.id])


@router.post(
    "/v1/cases/{case_id}/messages",
    status_code=201,
    responses=refusals(NotFound, NotYourCustomer, CaseNotOpen, ReopenedTooLate),
)
async def post_message(case_id: UUID, text: Text, caller: EmployeeOrMember, session: Session) -> MessageOut:
    message = await commands.post_message(session, case_id, body=text.body, by=caller, at=utcnow())
    return await _shown(session, caller, message)


@router.patch(
    "/v1/cases/{case_id}/messages/{message_id}", responses=refusals(NotFound, NotTheAuthor, TooLate)
)
async def correct_message(
    case_id: UUID, message_id: UUID, text: Text, caller: EmployeeOrMember, session: Session
) -> MessageOut:
    message = await commands.correct_message(
        session, case_id, message_id, body=text.body, by=caller, at=utcnow()
    )
    return await _shown(session, caller, message)


@router.get("/v1/cases/{case_id}/notes", responses=refusals(NotFound))
async def list_notes(
    case_id: UUID, caller: EmployeeOrMember, session: Session, paging: Paging
) -> Page[NoteOut]:
    case = await case_for(session, _bureau_only(caller), case_id)
    notes = await queries.notes_of(session, case, paging)
    names = await names_of(session, case.bureau_id, case.account_id, [each.user_id for each in notes])
    return page(notes, paging, out=lambda each: NoteOut.of(each, names), key=lambda each: [each.id])


@router.post("/v1/cases/{case_id}/notes", status_code=201, responses=refusals(NotFound, NotYourCustomer))
async def add_note(case_id: UUID, text: Text, caller: EmployeeOrMember, session: Session) -> NoteOut:
    employee = _bureau_only(caller)
    note = await commands.add_note(session, case_id, body=text.body, by=employee, at=utcnow())
    case = await case_for(session, employee, case_id)
    return NoteOut.of(note, await names_of(session, case.bureau_id, case.account_id, [note.user_id]))


async def _shown(session: Session, caller: CallerEmployee | CallerMember, message: Message) -> MessageOut:
    case = await case_for(session, caller, message.case_id)
    return MessageOut.of(message, await names_of(session, case.bureau_id, case.account_id, [message.user_id]))


def _bureau_only(caller: CallerEmployee | CallerMember) -> CallerEmployee:
    """To a member there are no notes, not even forbidden ones."""
    if isinstance(caller, CallerMember):
        raise NotFound("note")
    return caller
