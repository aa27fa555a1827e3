from typing import Annotated
from uuid import UUID

from fastapi import Body, Path, Query, Response

from services.identity.bureaus import queries as bureaus
from services.identity.employees import commands, queries
from services.identity.employees.errors import (
    EmployeeExists,
    EmployeeInactive,
    LastAdministrator,
    MustBeMoved,
)
from services.identity.employees.schemas import DeactivationIn, EmployeeChange, EmployeeIn, EmployeeOut
from shared.approval import UNAPPROVED
from shared.clock import utcnow
from shared.errors import MissingPermission, NotFound, VersionConflict, VersionMissing
from shared.http.api import create_router
from shared.http.callers import Employee
from shared.http.etags import IfMatch, set_etag
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("employees")
EmployeeId = Annotated[UUID, Path(description="One of the bureau's employees, whether active or not.")]
Active = Annotated[
    bool | None, Query(description="`true`: those who work here; `false`: those who left; without it: all.")
]


@router.get("/v1/employees")
async def list_employees(
    caller: Employee, session: Session, paging: Paging, active: Active = None
) -> Page[EmployeeOut]:
    """List the employees of the bureau

    For each of them, in the order of their names.
    """
    rows = await queries.list_employees(session, caller.bureau_id, paging, active=active)
    return page(rows, paging, out=EmployeeOut.model_validate, key=lambda row: [row.name, row.id])


@router.post(
    "/v1/employees", status_code=201, responses=refusals(MissingPermission, *UNAPPROVED, EmployeeExists)
)
async def add_employee(
    body: EmployeeIn, caller: Employee, session: Session, response: Response
) -> EmployeeOut:
    """Add an employee to the bureau

    For employees with full maintenance, of a bureau that the operator has approved. A person who has not
    proven the address yet is mailed a link by which to choose a password, good for 14 days, and can't act for
    the bureau before. Nothing else changes for a person who is there already. An address of an employee who
    has left takes that person back.
    """
    row = await commands.add_employee(session, by=caller, **dict(body), at=utcnow())
    set_etag(response, row.version)
    return EmployeeOut.model_validate(row)


@router.get("/v1/employees/{employee_id}", responses=refusals(NotFound))
async def get_employee(
    employee_id: EmployeeId, caller: Employee, session: Session, response: Response
) -> EmployeeOut:
    """Look at an employee

    For each employee of the same bureau.
    """
    row = await bureaus.get_employee(session, caller.bureau_id, employee_id)
    set_etag(response, row.version)
    return EmployeeOut.model_validate(row)


@router.patch(
    "/v1/employees/{employee_id}",
    responses=refusals(
        MissingPermission,
        *UNAPPROVED,
        NotFound,
        EmployeeExists,
        EmployeeInactive,
        LastAdministrator,
        VersionConflict,
        VersionMissing,
    ),
)
async def change_employee(
    employee_id: EmployeeId,
    body: EmployeeChange,
    seen: IfMatch,
    caller: Employee,
    session: Session,
    response: Response,
) -> EmployeeOut:
    """Change an employee's name, address or permissions

    For employees with full maintenance. New permissions hold at once, also for tokens that the person has.
    `last_administrator`: give full maintenance and the role of administrator to a colleague first.
    """
    row = await commands.change_employee(
        session, by=caller, employee_id=employee_id, changes=body.model_dump(), seen=seen, at=utcnow()
    )
    set_etag(response, row.version)
    return EmployeeOut.model_validate(row)


@router.post(
    "/v1/employees/{employee_id}/deactivate",
    responses=refusals(MissingPermission, NotFound, MustBeMoved, LastAdministrator),
)
async def deactivate_employee(
    employee_id: EmployeeId,
    caller: Employee,
    session: Session,
    response: Response,
    body: Annotated[DeactivationIn | None, Body()] = None,
) -> EmployeeOut:
    """Deactivate an employee who leaves

    For employees with full maintenance. The person can't act for the bureau from then on; adding the address
    again takes the person back. `must_be_moved` names in `customers` those for whom the person is responsible
    or takes part, and in `cases` the open cases that the person holds: repeat with `transfer_to`.
    """
    row = await commands.deactivate_employee(
        session,
        by=caller,
        employee_id=employee_id,
        transfer_to=body.transfer_to if body else None,
        at=utcnow(),
    )
    set_etag(response, row.version)
    return EmployeeOut.model_validate(row)
