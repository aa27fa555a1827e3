from fastapi import Response

from services.cases.case.errors import CaseNotOpen, NotYourCustomer
from services.cases.case.schemas import CaseId
from services.cases.copies.errors import READ_ONLY, CannotReceive, EmployeeInactive, NoCollaboration
from services.cases.detail.schemas import CaseOut
from services.cases.detail.view import shown
from services.cases.people import commands
from services.cases.people.schemas import AssigneeIn, FollowersIn, ParticipantsIn
from shared.clock import utcnow
from shared.errors import NotFound, VersionConflict
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.etags import IfMatchWhereSent
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("cases")


@router.put(
    "/v1/cases/{case_id}/assignee",
    responses=refusals(NotFound, NotYourCustomer, *READ_ONLY, EmployeeInactive, VersionConflict),
)
async def assign_case(
    case_id: CaseId,
    body: AssigneeIn,
    seen: IfMatchWhereSent,
    employee: Employee,
    session: Session,
    response: Response,
) -> CaseOut:
    """Hand a case to an employee

    For employees who may work with the customer. The new assignee is told, unless they did it themselves.
    """
    at = utcnow()
    assigned = commands.assign_case(
        session, case_id=case_id, employee_id=body.employee_id, seen=seen, by=employee, at=at
    )
    return await shown(session, assigned, to=employee, at=at, response=response)


@router.put(
    "/v1/cases/{case_id}/followers",
    responses=refusals(NotFound, NotYourCustomer, *READ_ONLY, EmployeeInactive, VersionConflict),
)
async def set_followers(
    case_id: CaseId,
    body: FollowersIn,
    seen: IfMatchWhereSent,
    employee: Employee,
    session: Session,
    response: Response,
) -> CaseOut:
    """Share a case inside the bureau

    For employees who may work with the customer. Followers may change the case and are told what the customer
    does in it, beside the assignee. The customer does not see them.
    """
    at = utcnow()
    followed = commands.set_followers(
        session, case_id=case_id, employee_ids=body.employee_ids, seen=seen, by=employee, at=at
    )
    return await shown(session, followed, to=employee, at=at, response=response)


@router.put(
    "/v1/cases/{case_id}/participants",
    responses=refusals(
        NotFound, NotYourCustomer, *READ_ONLY, NoCollaboration, CannotReceive, CaseNotOpen, VersionConflict
    ),
)
async def set_participants(
    case_id: CaseId,
    body: ParticipantsIn,
    seen: IfMatchWhereSent,
    employee: Employee,
    session: Session,
    response: Response,
) -> CaseOut:
    """Choose whom at the customer a case is with

    For employees who may work with the customer, in a draft or an open case. Those who are no longer named
    lose sight of the case, except the member who wrote it. In an `approval` that was sent, those who
    are new are asked to approve. Where all who remain have answered, the case is resolved.
    """
    at = utcnow()
    chosen = commands.set_participants(
        session, case_id=case_id, contact_ids=body.contact_ids, seen=seen, by=employee, at=at
    )
    return await shown(session, chosen, to=employee, at=at, response=response)
