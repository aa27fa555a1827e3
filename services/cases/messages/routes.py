from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from services.cases.case.errors import CaseNotOpen, NotYourCustomer, ReopenedTooLate
from services.cases.case.schemas import CaseId
from services.cases.copies.errors import READ_ONLY, NoCollaboration
from services.cases.messages import commands, queries
from services.cases.messages.errors import NotTheAuthor, TooLate
from services.cases.messages.schemas import MessageChange, MessageIn, MessageOut, NoteIn, NoteOut
from shared.callers import CallerEmployee, CallerMember
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import EmployeeOrMember
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("messages")

MessageId = Annotated[UUID, Path(description="As the list of messages shows it.")]


async def reader_of_notes(caller: EmployeeOrMember) -> CallerEmployee:
    """For a member there are no notes at all, so a member is not told that reading them is forbidden."""
    if isinstance(caller, CallerMember):
        raise NotFound("note")
    return caller


ReaderOfNotes = Annotated[CallerEmployee, Depends(reader_of_notes)]


@router.get("/v1/cases/{case_id}/messages", responses=refusals(NotFound))
async def list_messages(
    case_id: CaseId, caller: EmployeeOrMember, session: Session, paging: Paging
) -> Page[MessageOut]:
    """List the messages of a case

    For everyone who may see the case. Oldest first.
    """
    messages = await queries.list_messages(session, caller, case_id, paging)
    return page(messages, paging, out=MessageOut.of, key=lambda each: [each.row.id])


@router.post(
    "/v1/cases/{case_id}/messages",
    status_code=201,
    responses=refusals(NotFound, NotYourCustomer, *READ_ONLY, NoCollaboration, CaseNotOpen, ReopenedTooLate),
)
async def post_message(
    case_id: CaseId, message: MessageIn, caller: EmployeeOrMember, session: Session
) -> MessageOut:
    """Write to the other side

    For everyone who may see the case, and employees who may work with the customer. The case waits for the
    other side afterwards. A member's message reopens a case that was resolved at most 30 days ago.
    """
    posted = await commands.post_message(session, case_id=case_id, body=message.body, by=caller, at=utcnow())
    return MessageOut.of(posted)


@router.patch(
    "/v1/cases/{case_id}/messages/{message_id}",
    responses=refusals(NotFound, NotYourCustomer, *READ_ONLY, NotTheAuthor, TooLate),
)
async def correct_message(
    case_id: CaseId, message_id: MessageId, change: MessageChange, caller: EmployeeOrMember, session: Session
) -> MessageOut:
    """Correct a message

    For the person who wrote it, for 15 minutes. The earlier text stays in the timeline. The same
    text again changes nothing.
    """
    corrected = await commands.correct_message(
        session, case_id=case_id, message_id=message_id, body=change.body, by=caller, at=utcnow()
    )
    return MessageOut.of(corrected)


@router.get("/v1/cases/{case_id}/notes", responses=refusals(NotFound))
async def list_notes(
    case_id: CaseId, employee: ReaderOfNotes, session: Session, paging: Paging
) -> Page[NoteOut]:
    """List the bureau's notes in a case

    For every employee. Oldest first. For members there are none: 404.
    """
    notes = await queries.list_notes(session, employee, case_id, paging)
    return page(notes, paging, out=NoteOut.of, key=lambda each: [each.row.id])


@router.post(
    "/v1/cases/{case_id}/notes", status_code=201, responses=refusals(NotFound, NotYourCustomer, *READ_ONLY)
)
async def add_note(case_id: CaseId, note: NoteIn, employee: ReaderOfNotes, session: Session) -> NoteOut:
    """Add a note for the bureau alone

    For employees who may work with the customer. No member, mail or event ever shows a note, and the case's
    version stays as it is. For members the address does not exist: 404.
    """
    added = await commands.add_note(session, case_id=case_id, body=note.body, by=employee, at=utcnow())
    return NoteOut.of(added)
