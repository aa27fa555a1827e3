"""Adding, changing and deactivating employees, which only an employee with full maintenance may do."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.events import publish_employee
from services.identity.bureaus.queries import list_employments, lock_bureau, lock_employee
from services.identity.bureaus.tables import Bureau, Employee
from services.identity.copies.queries import list_cases_held
from services.identity.customers.commands import recheck_address, transfer_responsibilities
from services.identity.customers.queries import list_responsibilities
from services.identity.employees import queries
from services.identity.employees.errors import (
    EmployeeExists,
    EmployeeInactive,
    LastAdministrator,
    MustBeMoved,
)
from services.identity.people.commands import forget_unused, invite_user
from services.identity.people.events import publish_password_reset
from services.identity.people.queries import get_user
from services.identity.people.tables import User
from shared import security
from shared.callers import CallerEmployee
from shared.database.walls import set_person, set_tenant
from shared.errors import FieldError, InvalidRequest, named_in
from shared.events.identity import EmployeeAdded, EmployeeChanged, EmployeeDeactivated, Language
from shared.ids import uuid7
from shared.versions import SeenVersion


async def add_employee(
    session: AsyncSession,
    *,
    by: CallerEmployee,
    name: str,
    email: str,
    account_role: str,
    maintenance: str,
    customers: str,
    language: Language,
    at: datetime,
) -> Employee:
    """A person whose address is not verified gets a link to choose a password; until then the role is of no
    use to anybody. A deactivated employee becomes active again."""
    by.require_maintenance()
    bureau = await lock_bureau(session, by.bureau_id)
    bureau.require_approved()
    known = await queries.lock_employee_of_email(session, by.bureau_id, email)
    _refuse_active(known)
    login = (await get_user(session, known.user_id)).email if known else email
    user, reset_id = await invite_user(session, name=name, email=login, language=language, at=at)
    known = known or await queries.lock_employee_of_user(session, by.bureau_id, user.id)
    _refuse_active(known)
    employee = known or _newcomer(session, by.bureau_id, user, at=at)
    employee.name, employee.email = name, email
    employee.account_role, employee.maintenance, employee.customers = account_role, maintenance, customers
    if known:
        employee.return_to_work()
    await publish_employee(session, EmployeeAdded, employee, user, password_reset_id=reset_id)
    _note_rights(session, employee)
    await _recheck(session, employee, user, {email}, at=at)
    return employee


async def change_employee(
    session: AsyncSession,
    *,
    by: CallerEmployee,
    employee_id: UUID,
    changes: Mapping[str, str | None],
    seen: SeenVersion,
    at: datetime,
) -> Employee:
    """`changes`: new values by the names of the columns; None leaves a column as it is."""
    by.require_maintenance()
    bureau = await lock_bureau(session, by.bureau_id)
    employee = await lock_employee(session, by.bureau_id, employee_id)
    seen.require(employee.version)
    if not employee.active:
        raise EmployeeInactive
    held_the_keys, old_email, old_rights = employee.holds_the_keys, employee.email, employee.rights
    user = await get_user(session, employee.user_id)
    email = changes.get("email")
    if email and email != old_email:
        user = await _move_address(session, bureau, employee, user, email=email, at=at)
    if not employee.change(**changes):
        return employee
    if held_the_keys and not employee.holds_the_keys:
        await _require_another_administrator(session, employee)
    await publish_employee(session, EmployeeChanged, employee, user)
    if employee.rights != old_rights:
        _note_rights(session, employee)
    if employee.email != old_email:
        await _recheck(session, employee, user, {old_email, employee.email}, at=at)
    return employee


async def deactivate_employee(
    session: AsyncSession,
    *,
    by: CallerEmployee,
    employee_id: UUID,
    transfer_to: UUID | None,
    at: datetime,
) -> Employee:
    """Everything that the person is responsible for moves to `transfer_to` in the same transaction."""
    by.require_maintenance()
    await lock_bureau(session, by.bureau_id)
    employee = await lock_employee(session, by.bureau_id, employee_id)
    if not employee.active:
        return employee
    held_the_keys = employee.holds_the_keys
    employee.deactivate(successor_id=transfer_to, at=at)
    if held_the_keys:
        await _require_another_administrator(session, employee)
    await _hand_over(session, employee, transfer_to=transfer_to, at=at)
    user = await get_user(session, employee.user_id)
    await publish_employee(session, EmployeeDeactivated, employee, user, transfer_to=transfer_to)
    _note_rights(session, employee)
    await _recheck(session, employee, user, {employee.email}, at=at)
    return employee


async def join_bureau(session: AsyncSession, *, bureau_id: UUID, employee_id: UUID, at: datetime) -> None:
    """The person acts for the bureau for the first time, and so agrees to work there."""
    await set_tenant(session, bureau_id)
    employee = await lock_employee(session, bureau_id, employee_id)
    employee.joined_at = employee.joined_at or at
    await session.flush()  # the row is written while its own bureau's wall is open


async def rename_employments(session: AsyncSession, *, user: User) -> None:
    """Gives the person's present name and language to every bureau where they have begun to work: one that
    only says so learns nothing of the person."""
    await set_person(session, user.id)
    for employee, _ in await list_employments(session, user.id):
        if employee.joined_at is None:
            continue
        await set_tenant(session, employee.bureau_id)
        locked = await lock_employee(session, employee.bureau_id, employee.id)
        locked.name = user.name
        locked.version += 1
        await publish_employee(session, EmployeeChanged, locked, user)
        await session.flush()  # the row is written while its own bureau's wall is open


def _note_rights(session: AsyncSession, employee: Employee) -> None:
    whose = {"person": employee.user_id, "bureau": employee.bureau_id}
    security.note(session, "permissions_changed", **whose, **employee.rights)


def _refuse_active(known: Employee | None) -> None:
    if known is not None and known.active:
        raise EmployeeExists


def _newcomer(session: AsyncSession, bureau_id: UUID, user: User, *, at: datetime) -> Employee:
    employee = Employee(
        id=uuid7(), bureau_id=bureau_id, user_id=user.id, active=True, version=1, created_at=at
    )
    session.add(employee)
    return employee


async def _move_address(
    session: AsyncSession, bureau: Bureau, employee: Employee, user: User, *, email: str, at: datetime
) -> User:
    """Refuses an address that a colleague has. Returns who the employee is from now on.

    A bureau decides where it reaches the person, not how the person logs in. Only where nobody ever came with
    the old address, and no other bureau or account knows the person, was it misspelt: then the employee is
    whoever has the right one, as if just added.
    """
    if await queries.lock_employee_of_email(session, employee.bureau_id, email):
        raise EmployeeExists
    if await queries.has_other_roles(session, user.id):
        return user
    if not await forget_unused(session, user_id=user.id):
        return user
    bureau.require_approved()  # the right address is mailed a link
    language: Language = "en" if user.language == "en" else "sv"
    right, reset_id = await invite_user(session, name=employee.name, email=email, language=language, at=at)
    if await queries.lock_employee_of_user(session, employee.bureau_id, right.id):
        raise EmployeeExists
    employee.user_id = right.id
    if reset_id:
        publish_password_reset(session, right, reset_id=reset_id)
    return right


async def _require_another_administrator(session: AsyncSession, leaving: Employee) -> None:
    if not await queries.has_other_administrator(session, leaving):
        raise LastAdministrator


async def _hand_over(
    session: AsyncSession, employee: Employee, *, transfer_to: UUID | None, at: datetime
) -> None:
    if transfer_to is None:
        customers = await list_responsibilities(session, employee.bureau_id, employee.id)
        cases = await list_cases_held(session, employee.bureau_id, employee.id)
        if customers or cases:
            raise MustBeMoved(
                customers=[row._asdict() for row in customers], cases=[row._asdict() for row in cases]
            )
        return
    with named_in("transfer_to"):
        successor = await lock_employee(session, employee.bureau_id, transfer_to, share=True)
    if not successor.active:
        wrong = FieldError(
            "transfer_to",
            "inactive",
            en="Name another employee, who is active.",
            sv="Ange en annan medarbetare som är aktiv.",
        )
        raise InvalidRequest(errors=[wrong])
    await transfer_responsibilities(
        session,
        bureau_id=employee.bureau_id,
        from_employee_id=employee.id,
        to_employee_id=successor.id,
        at=at,
    )


async def _recheck(
    session: AsyncSession, employee: Employee, user: User, emails: set[str], *, at: datetime
) -> None:
    await session.flush()  # the customers' readiness is judged by the employees as they are now
    for email in sorted({*emails, user.email}):
        await recheck_address(session, bureau_id=employee.bureau_id, email=email, at=at)
