from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.cases.case.errors import CaseNotOpen, NotAParticipant, NotYourCustomer, WrongCaseType
from services.cases.case.schemas import CaseId
from services.cases.copies.errors import READ_ONLY, NoCollaboration
from services.cases.detail.schemas import CaseOut
from services.cases.detail.view import shown
from services.cases.items import commands
from services.cases.items.errors import ItemAlreadyAccepted, ItemNotAnswered
from services.cases.items.schemas import ItemAnswerIn, ItemReturnIn
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee, Member
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("answers")

ItemId = Annotated[UUID, Path(description="As `items` of the case shows it.")]


@router.put(
    "/v1/cases/{case_id}/items/{item_id}/answer",
    responses=refusals(
        NotFound,
        *READ_ONLY,
        NoCollaboration,
        NotAParticipant,
        WrongCaseType,
        CaseNotOpen,
        ItemAlreadyAccepted,
    ),
)
async def answer_item(
    case_id: CaseId,
    item_id: ItemId,
    answer: ItemAnswerIn,
    member: Member,
    session: Session,
    response: Response,
) -> CaseOut:
    """Answer an item of a document request

    For participants of the case. Once no item waits for the customer, the case waits for the bureau. An item
    can be answered again until the bureau accepts it; its files then replace those of the earlier answer. The
    same answer again changes nothing.
    """
    at = utcnow()
    answered = commands.answer_item(
        session,
        case_id=case_id,
        item_id=item_id,
        file_ids=answer.file_ids,
        not_applicable=answer.reason if answer.not_applicable else None,
        by=member,
        at=at,
    )
    return await shown(session, answered, to=member, at=at, response=response)


@router.post(
    "/v1/cases/{case_id}/items/{item_id}/accept",
    responses=refusals(
        NotFound, NotYourCustomer, *READ_ONLY, NoCollaboration, WrongCaseType, CaseNotOpen, ItemNotAnswered
    ),
)
async def accept_item(
    case_id: CaseId, item_id: ItemId, employee: Employee, session: Session, response: Response
) -> CaseOut:
    """Accept the answer to an item

    For employees who may work with the customer. The case is resolved when its last item is accepted.
    Accepting again changes nothing.
    """
    at = utcnow()
    accepted = commands.accept_item(session, case_id=case_id, item_id=item_id, by=employee, at=at)
    return await shown(session, accepted, to=employee, at=at, response=response)


@router.post(
    "/v1/cases/{case_id}/items/{item_id}/return",
    responses=refusals(
        NotFound,
        NotYourCustomer,
        *READ_ONLY,
        NoCollaboration,
        WrongCaseType,
        CaseNotOpen,
        ItemAlreadyAccepted,
        ItemNotAnswered,
    ),
)
async def return_item(
    case_id: CaseId,
    item_id: ItemId,
    body: ItemReturnIn,
    employee: Employee,
    session: Session,
    response: Response,
) -> CaseOut:
    """Return an item to the customer

    For employees who may work with the customer. The case waits for the customer again, who sees the reason.
    Returning again for the same reason changes nothing.
    """
    at = utcnow()
    returned = commands.return_item(
        session, case_id=case_id, item_id=item_id, reason=body.reason, by=employee, at=at
    )
    return await shown(session, returned, to=employee, at=at, response=response)
