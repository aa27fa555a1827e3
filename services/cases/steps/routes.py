from fastapi import Response

from services.cases.case.errors import NotYourCustomer, TransitionNotAllowed
from services.cases.case.schemas import CaseId
from services.cases.copies.errors import READ_ONLY, NoCollaboration
from services.cases.detail.schemas import CaseOut
from services.cases.detail.view import shown
from services.cases.steps import commands
from shared.clock import utcnow
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("cases")

REFUSALS = refusals(NotFound, NotYourCustomer, *READ_ONLY, NoCollaboration, TransitionNotAllowed)


@router.post("/v1/cases/{case_id}/resolve", responses=REFUSALS)
async def resolve_case(case_id: CaseId, employee: Employee, session: Session, response: Response) -> CaseOut:
    """Resolve a case

    For employees who may work with the customer. The customer's next message within 30 days reopens it; after
    that it is closed. Resolving again changes nothing.
    """
    at = utcnow()
    resolved = commands.resolve_case(session, case_id=case_id, by=employee, at=at)
    return await shown(session, resolved, to=employee, at=at, response=response)


@router.post("/v1/cases/{case_id}/close", responses=REFUSALS)
async def close_case(case_id: CaseId, employee: Employee, session: Session, response: Response) -> CaseOut:
    """Close a resolved case

    For employees who may work with the customer. A closed case stays readable and is never opened again.
    Closing again changes nothing.
    """
    at = utcnow()
    closed = commands.close_case(session, case_id=case_id, by=employee, at=at)
    return await shown(session, closed, to=employee, at=at, response=response)


@router.post("/v1/cases/{case_id}/reopen", responses=REFUSALS)
async def reopen_case(case_id: CaseId, employee: Employee, session: Session, response: Response) -> CaseOut:
    """Reopen a resolved case

    For employees who may work with the customer. The case waits for the bureau afterwards.
    """
    at = utcnow()
    reopened = commands.reopen_case(session, case_id=case_id, by=employee, at=at)
    return await shown(session, reopened, to=employee, at=at, response=response)


@router.post("/v1/cases/{case_id}/cancel", responses=REFUSALS)
async def cancel_case(case_id: CaseId, employee: Employee, session: Session, response: Response) -> CaseOut:
    """Cancel a case

    For employees who may work with the customer, from any status before resolved. What was sent stays
    readable; nothing more can be answered. Cancelling again changes nothing.
    """
    at = utcnow()
    cancelled = commands.cancel_case(session, case_id=case_id, by=employee, at=at)
    return await shown(session, cancelled, to=employee, at=at, response=response)
