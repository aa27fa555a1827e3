from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query, Response

from services.cases import commands, opening, queries
from services.cases.details import show
from services.cases.errors import (
    CaseNotOpen,
    EmployeeInactive,
    FieldNotYours,
    NoParticipants,
    NotDraft,
    NotYourCustomer,
    SeveralCollaborations,
    TransitionNotAllowed,
)
from services.cases.parties.errors import CannotReceive, NoCollaboration
from services.cases.schemas import (
    Assignee,
    CaseChange,
    CaseFilter,
    CaseListed,
    CaseOut,
    Counts,
    Followers,
    NewCase,
    Participants,
)
from services.cases.tables import Case, Step
from shared.callers import CallerEmployee, CallerMember
from shared.clock import utcnow
from shared.errors import InvalidRequest, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee, EmployeeOrMember
from shared.http.etags import IfMatch, set_etag
from shared.http.pagination import Page, page, page_request
from shared.http.problems import refusals
from shared.http.session import Session
from shared.versions import SeenVersion

router = create_router("cases")


def if_match_where_sent(if_match: Annotated[str | None, Header()] = None) -> SeenVersion | None:
    return None if if_match is None else SeenVersion(if_match)


IfMatchWhereSent = Annotated[SeenVersion | None, Depends(if_match_where_sent)]


@router.post(
    "/v1/cases",
    status_code=201,
    responses=refusals(
        NotYourCustomer,
        FieldNotYours,
        NotFound,
        NoCollaboration,
        InvalidRequest,
        CannotReceive,
        EmployeeInactive,
        NoParticipants,
        SeveralCollaborations,
    ),
)
async def create_case(
    wanted: NewCase, caller: EmployeeOrMember, session: Session, response: Response
) -> CaseOut:
    at = utcnow()
    created = await opening.create_case(session, wanted=wanted, by=caller, at=at)
    set_etag(response, created.case.version)
    return created.shown(to=caller, at=at)


@router.get("/v1/cases")
async def list_cases(
    wanted: Annotated[CaseFilter, Query()], caller: EmployeeOrMember, session: Session
) -> Page[CaseListed]:
    """Newest change first."""
    at, paging = utcnow(), page_request(wanted.limit, wanted.cursor)
    rows = await queries.list_cases(session, caller, wanted.filters(), paging, at=at)
    return page(
        rows,
        paging,
        out=lambda row: CaseListed.of(row.case, unread=row.unread, to=caller, at=at),
        key=lambda row: [row.case.updated_at, row.case.id],
    )


@router.get("/v1/cases/counts")
async def count_cases(caller: EmployeeOrMember, session: Session) -> Counts:
    return Counts.of(await queries.count_cases(session, caller, at=utcnow()))


@router.get("/v1/cases/{case_id}", responses=refusals(NotFound))
async def get_case(case_id: UUID, caller: EmployeeOrMember, session: Session, response: Response) -> CaseOut:
    return await _shown(session, await queries.case_for(session, caller, case_id), caller, response)


@router.patch(
    "/v1/cases/{case_id}",
    responses=refusals(NotFound, NotYourCustomer, NotDraft, VersionMissing, VersionConflict),
)
async def change_case(
    case_id: UUID, change: CaseChange, seen: IfMatch, employee: Employee, session: Session, response: Response
) -> CaseOut:
    case = await commands.change_case(
        session, case_id, changes=change.given(), seen=seen, by=employee, at=utcnow()
    )
    return await _shown(session, case, employee, response)


@router.post(
    "/v1/cases/{case_id}/send",
    responses=refusals(
        NotFound, NotYourCustomer, TransitionNotAllowed, NoCollaboration, CannotReceive, NoParticipants
    ),
)
async def send_case(case_id: UUID, employee: Employee, session: Session, response: Response) -> CaseOut:
    case = await commands.send_case(session, case_id, by=employee, at=utcnow())
    return await _shown(session, case, employee, response)


def _add_step(step: Step) -> None:
    @router.post(
        f"/v1/cases/{{case_id}}/{step}",
        name=f"{step}_case",
        responses=refusals(NotFound, NotYourCustomer, TransitionNotAllowed),
    )
    async def take_step(case_id: UUID, employee: Employee, session: Session, response: Response) -> CaseOut:
        case = await commands.take_step(session, case_id, step=step, by=employee, at=utcnow())
        return await _shown(session, case, employee, response)


for _step in commands.BY_HAND:
    _add_step(_step)


@router.put("/v1/cases/{case_id}/read", responses=refusals(NotFound))
async def mark_read(case_id: UUID, caller: EmployeeOrMember, session: Session, response: Response) -> CaseOut:
    case = await commands.mark_read(session, case_id, by=caller, at=utcnow())
    return await _shown(session, case, caller, response)


@router.put(
    "/v1/cases/{case_id}/assignee",
    responses=refusals(NotFound, NotYourCustomer, EmployeeInactive, VersionConflict),
)
async def assign(
    case_id: UUID,
    body: Assignee,
    seen: IfMatchWhereSent,
    employee: Employee,
    session: Session,
    response: Response,
) -> CaseOut:
    case = await commands.assign(
        session, case_id, employee_id=body.employee_id, seen=seen, by=employee, at=utcnow()
    )
    return await _shown(session, case, employee, response)


@router.put(
    "/v1/cases/{case_id}/followers",
    responses=refusals(NotFound, NotYourCustomer, EmployeeInactive, VersionConflict),
)
async def set_followers(
    case_id: UUID,
    body: Followers,
    seen: IfMatchWhereSent,
    employee: Employee,
    session: Session,
    response: Response,
) -> CaseOut:
    case = await commands.set_followers(
        session, case_id, employee_ids=body.employee_ids, seen=seen, by=employee, at=utcnow()
    )
    return await _shown(session, case, employee, response)


@router.put(
    "/v1/cases/{case_id}/participants",
    responses=refusals(NotFound, NotYourCustomer, CannotReceive, CaseNotOpen, VersionConflict),
)
async def set_participants(
    case_id: UUID,
    body: Participants,
    seen: IfMatchWhereSent,
    employee: Employee,
    session: Session,
    response: Response,
) -> CaseOut:
    case = await commands.set_participants(
        session, case_id, contact_ids=body.contact_ids, seen=seen, by=employee, at=utcnow()
    )
    return await _shown(session, case, employee, response)


async def _shown(
    session: Session, case: Case, caller: CallerEmployee | CallerMember, response: Response
) -> CaseOut:
    set_etag(response, case.version)
    return await show(session, case, to=caller, at=utcnow())
