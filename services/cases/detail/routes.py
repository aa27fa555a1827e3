from fastapi import Response

from services.cases.case.actors import side_of
from services.cases.case.errors import NotYourCustomer
from services.cases.case.schemas import CaseId
from services.cases.copies.errors import READ_ONLY
from services.cases.detail import commands, queries
from services.cases.detail.errors import NotDraft
from services.cases.detail.schemas import CaseChange, CaseOut
from services.cases.detail.view import shown
from shared.clock import utcnow
from shared.errors import InvalidRequest, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee, EmployeeOrMember
from shared.http.etags import IfMatch, set_etag
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("cases")


@router.get("/v1/cases/{case_id}", responses=refusals(NotFound))
async def get_case(
    case_id: CaseId, caller: EmployeeOrMember, session: Session, response: Response
) -> CaseOut:
    """Look at a case

    For everyone who sees it in the list. Looking does not mark it as read.
    """
    detail = await queries.get_detail(session, caller, case_id)
    set_etag(response, detail.case.version_for(side_of(caller)))
    return CaseOut.shown(detail, to=caller, at=utcnow())


@router.patch(
    "/v1/cases/{case_id}",
    responses=refusals(
        NotFound, NotYourCustomer, *READ_ONLY, NotDraft, InvalidRequest, VersionMissing, VersionConflict
    ),
)
async def change_case(
    case_id: CaseId,
    change: CaseChange,
    seen: IfMatch,
    employee: Employee,
    session: Session,
    response: Response,
) -> CaseOut:
    """Change a case

    For employees who may work with the customer. Subject, text and statement can be changed in a draft
    only; a changed due date or priority of a sent case is news to the customer.
    """
    at = utcnow()
    changed = commands.change_case(
        session, case_id=case_id, changes=change.given(), seen=seen, by=employee, at=at
    )
    return await shown(session, changed, to=employee, at=at, response=response)


@router.put("/v1/cases/{case_id}/read", responses=refusals(NotFound))
async def mark_case_read(
    case_id: CaseId, caller: EmployeeOrMember, session: Session, response: Response
) -> CaseOut:
    """Mark a case as read

    For everyone who may see the case, each for themselves: all that has happened in it until now. The other
    side sees in the timeline that news was read.
    """
    at = utcnow()
    read = commands.mark_case_read(session, case_id=case_id, by=caller, at=at)
    return await shown(session, read, to=caller, at=at, response=response)
