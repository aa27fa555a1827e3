from uuid import UUID

from services.cases.answers import commands
from services.cases.answers.errors import (
    AlreadyDecided,
    ItemAlreadyAccepted,
    ItemNotAnswered,
    NotAnApprover,
    NotAParticipant,
)
from services.cases.answers.schemas import Decision, ItemAnswer, ItemReturn
from services.cases.details import show
from services.cases.errors import CaseNotOpen, NotYourCustomer, WrongCaseType
from services.cases.schemas import CaseOut
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee, Member
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("answers")


@router.put(
    "/v1/cases/{case_id}/items/{item_id}/answer",
    responses=refusals(NotFound, NotAParticipant, WrongCaseType, CaseNotOpen, ItemAlreadyAccepted),
)
async def answer_item(
    case_id: UUID, item_id: UUID, answer: ItemAnswer, member: Member, session: Session
) -> CaseOut:
    case = await commands.answer_item(
        session,
        case_id,
        item_id,
        file_ids=answer.file_ids,
        not_applicable=answer.reason if answer.not_applicable else None,
        by=member,
        at=utcnow(),
    )
    return await show(session, case, to=member, at=utcnow())


@router.post(
    "/v1/cases/{case_id}/items/{item_id}/accept",
    responses=refusals(NotFound, NotYourCustomer, WrongCaseType, ItemAlreadyAccepted, ItemNotAnswered),
)
async def accept_item(case_id: UUID, item_id: UUID, employee: Employee, session: Session) -> CaseOut:
    case = await commands.accept_item(session, case_id, item_id, by=employee, at=utcnow())
    return await show(session, case, to=employee, at=utcnow())


@router.post(
    "/v1/cases/{case_id}/items/{item_id}/return",
    responses=refusals(NotFound, NotYourCustomer, WrongCaseType, ItemAlreadyAccepted, ItemNotAnswered),
)
async def return_item(
    case_id: UUID, item_id: UUID, body: ItemReturn, employee: Employee, session: Session
) -> CaseOut:
    case = await commands.return_item(session, case_id, item_id, reason=body.reason, by=employee, at=utcnow())
    return await show(session, case, to=employee, at=utcnow())


@router.post(
    "/v1/cases/{case_id}/approval",
    responses=refusals(NotFound, NotAnApprover, WrongCaseType, AlreadyDecided, CaseNotOpen),
)
async def decide(case_id: UUID, decision: Decision, member: Member, session: Session) -> CaseOut:
    case = await commands.decide(
        session, case_id, state=decision.state, comment=decision.comment, by=member, at=utcnow()
    )
    return await show(session, case, to=member, at=utcnow())


@router.post(
    "/v1/cases/{case_id}/acknowledge",
    responses=refusals(NotFound, NotAParticipant, WrongCaseType, CaseNotOpen),
)
async def acknowledge(case_id: UUID, member: Member, session: Session) -> CaseOut:
    case = await commands.acknowledge(session, case_id, by=member, at=utcnow())
    return await show(session, case, to=member, at=utcnow())
