from typing import Annotated
from uuid import UUID

from fastapi import Body, Request, Response

from services.identity.bureaus import commands, queries
from services.identity.bureaus.errors import (
    BureauExists,
    EmployeeExists,
    EmployeeInactive,
    LastAdministrator,
    MustBeMoved,
)
from services.identity.bureaus.schemas import (
    AddressOut,
    BureauOut,
    Deactivation,
    EmployeeChange,
    EmployeeOut,
    NewBureau,
    NewEmployee,
)
from services.identity.bureaus.tables import Bureau
from services.identity.dependencies import Configured, Hashing
from services.identity.persons.errors import EmailTaken, TooManyAttempts
from services.identity.persons.routes import client_address
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.etags import IfMatch, set_etag
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("bureaus")


def bureau_out(bureau: Bureau) -> BureauOut:
    address = AddressOut.model_validate(bureau)
    return BureauOut.model_validate({**vars(bureau), "address": address})


@router.post("/v1/bureaus", status_code=201, responses=refusals(BureauExists, EmailTaken, TooManyAttempts))
async def sign_up_bureau(
    body: NewBureau, request: Request, session: Session, settings: Configured, passwords: Hashing
) -> BureauOut:
    bureau = await commands.register_bureau(
        session,
        new=body,
        address=client_address(request),
        passwords=passwords,
        limits=settings.limits,
        at=utcnow(),
    )
    return bureau_out(bureau)


@router.get("/v1/bureaus/{bureau_id}", responses=refusals(NotFound))
async def read_bureau(bureau_id: UUID, employee: Employee, session: Session) -> BureauOut:
    if bureau_id != employee.bureau_id:
        raise NotFound("bureau")
    return bureau_out(await queries.get_bureau(session, bureau_id))


@router.get("/v1/employees")
async def list_employees(
    caller: Employee, session: Session, paging: Paging, active: bool | None = None
) -> Page[EmployeeOut]:
    rows = await queries.list_employees(session, caller.bureau_id, paging, active=active)
    return page(rows, paging, out=EmployeeOut.model_validate, key=lambda row: [row.name, row.id])


@router.post(
    "/v1/employees", status_code=201, responses=refusals(MissingPermission, EmployeeExists, EmailTaken)
)
async def add_employee(
    body: NewEmployee, caller: Employee, session: Session, response: Response
) -> EmployeeOut:
    caller.require_maintenance()
    row = await commands.add_employee(session, bureau_id=caller.bureau_id, new=body, at=utcnow())
    set_etag(response, row.version)
    return EmployeeOut.model_validate(row)


@router.get("/v1/employees/{employee_id}", responses=refusals(NotFound))
async def read_employee(
    employee_id: UUID, caller: Employee, session: Session, response: Response
) -> EmployeeOut:
    row = await queries.find_employee(session, caller.bureau_id, employee_id)
    set_etag(response, row.version)
    return EmployeeOut.model_validate(row)


@router.patch(
    "/v1/employees/{employee_id}",
    responses=refusals(
        MissingPermission,
        NotFound,
        EmployeeExists,
        EmployeeInactive,
        LastAdministrator,
        EmailTaken,
        VersionConflict,
        VersionMissing,
    ),
)
async def change_employee(
    employee_id: UUID,
    body: EmployeeChange,
    seen: IfMatch,
    caller: Employee,
    session: Session,
    response: Response,
) -> EmployeeOut:
    caller.require_maintenance()
    row = await commands.change_employee(
        session, bureau_id=caller.bureau_id, employee_id=employee_id, change=body, seen=seen, at=utcnow()
    )
    set_etag(response, row.version)
    return EmployeeOut.model_validate(row)


@router.post(
    "/v1/employees/{employee_id}/deactivate",
    responses=refusals(MissingPermission, NotFound, MustBeMoved, LastAdministrator),
)
async def deactivate_employee(
    employee_id: UUID,
    caller: Employee,
    session: Session,
    body: Annotated[Deactivation | None, Body()] = None,
) -> EmployeeOut:
    caller.require_maintenance()
    row = await commands.deactivate_employee(
        session,
        bureau_id=caller.bureau_id,
        employee_id=employee_id,
        transfer_to=body.transfer_to if body else None,
        at=utcnow(),
    )
    return EmployeeOut.model_validate(row)
