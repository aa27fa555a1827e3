from typing import Annotated

from fastapi import Body, Response
from pydantic import SkipValidation

from services.cases.case.actors import side_of
from services.cases.case.errors import NotYourCustomer, TransitionNotAllowed
from services.cases.case.schemas import CaseId
from services.cases.copies.errors import READ_ONLY, CannotReceive, EmployeeInactive, NoCollaboration
from services.cases.detail.schemas import CaseOut
from services.cases.detail.view import shown
from services.cases.opening import commands
from services.cases.opening.errors import FieldNotYours, NoParticipants, SeveralCollaborations
from services.cases.opening.schemas import EXAMPLES, CaseIn, MemberCaseIn, draft_of
from services.cases.templates.errors import PlaceholderWithoutValue
from shared.callers import CallerEmployee
from shared.clock import utcnow
from shared.errors import InvalidRequest, NotFound
from shared.http.api import create_router
from shared.http.callers import Employee, EmployeeOrMember
from shared.http.components import LOCATION
from shared.http.etags import set_etag
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("cases")

# The document shows both forms; which of them counts is known once the caller is.
EitherForm = Annotated[CaseIn | MemberCaseIn, Body(openapi_examples=EXAMPLES), SkipValidation()]


@router.post(
    "/v1/cases",
    status_code=201,
    responses={
        201: LOCATION,
        **refusals(
            NotYourCustomer,
            *READ_ONLY,
            FieldNotYours,
            NotFound,
            NoCollaboration,
            InvalidRequest,
            CannotReceive,
            EmployeeInactive,
            NoParticipants,
            PlaceholderWithoutValue,
            SeveralCollaborations,
        ),
    },
)
async def create_case(
    body: EitherForm, caller: EmployeeOrMember, session: Session, response: Response
) -> CaseOut:
    """Open a case

    An employee who may work with the customer opens a case of any type for people at the customer, as a draft
    or sent at once. A member asks the bureau a question. The body has a form for each of them, and fields of
    the other form are refused.
    """
    at, draft = utcnow(), draft_of(body, at_bureau=isinstance(caller, CallerEmployee))
    opened = await commands.open_case(session, draft=draft, by=caller, at=at)
    set_etag(response, opened.case.version_for(side_of(caller)))
    response.headers["Location"] = f"/v1/cases/{opened.case.id}"
    return CaseOut.shown(opened, to=caller, at=at)


@router.post(
    "/v1/cases/{case_id}/send",
    responses=refusals(
        NotFound,
        NotYourCustomer,
        *READ_ONLY,
        TransitionNotAllowed,
        NoCollaboration,
        CannotReceive,
        NoParticipants,
        InvalidRequest,
    ),
)
async def send_case(case_id: CaseId, employee: Employee, session: Session, response: Response) -> CaseOut:
    """Send a draft

    For employees who may work with the customer. Each participant must still be a contact of the customer and
    a member of its account, and an `approval` has a statement or a document. Afterwards subject, text and
    statement can no longer be changed.
    """
    at = utcnow()
    sent = commands.send_case(session, case_id=case_id, by=employee, at=at)
    return await shown(session, sent, to=employee, at=at, response=response)
