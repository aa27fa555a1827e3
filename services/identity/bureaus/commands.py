"""Bureaus sign up; their employees come, change and go."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus import queries
from services.identity.bureaus.errors import (
    BureauExists,
    EmployeeExists,
    EmployeeInactive,
    LastAdministrator,
    MustBeMoved,
)
from services.identity.bureaus.publishing import publish_bureau, publish_employee
from services.identity.bureaus.schemas import EmployeeChange, FirstEmployee, NewBureau, NewEmployee
from services.identity.bureaus.tables import Bureau, Employee
from services.identity.customers.commands import recheck_address, transfer_responsibilities
from services.identity.customers.queries import responsibilities_of
from services.identity.persons import commands as persons
from services.identity.persons.attempts import Limits
from services.identity.persons.errors import EmailTakenBySomebody, WrongCredentials
from services.identity.persons.passwords import Passwords
from services.identity.persons.queries import get_user, user_of_email
from services.identity.persons.tables import User
from shared.database.walls import set_person, set_tenant
from shared.errors import FieldError, InvalidRequest
from shared.events.identity import EmployeeAdded, EmployeeChanged, EmployeeDeactivated, Language
from shared.ids import uuid7
from shared.versions import SeenVersion


async def register_bureau(
    session: AsyncSession,
    *,
    new: NewBureau,
    address: str,
    passwords: Passwords,
    limits: Limits,
    at: datetime,
) -> Bureau:
    """The admin is its first employee, with every permission."""
    user = await _admin_user(
        session,
        admin=new.admin,
        language=new.language,
        address=address,
        passwords=passwords,
        limits=limits,
        at=at,
    )
    bureau = await _insert_bureau(session, new, at=at)
    publish_bureau(session, bureau)
    admin = Employee(
        id=uuid7(),
        bureau_id=bureau.id,
        user_id=user.id,
        name=new.admin.name,
        email=user.email,
        account_role="administrator",
        maintenance="full",
        customers="full",
        active=True,
        version=1,
        created_at=at,
    )
    session.add(admin)
    await publish_employee(session, EmployeeAdded, admin, user)
    return bureau


async def add_employee(session: AsyncSession, *, bureau_id: UUID, new: NewEmployee, at: datetime) -> Employee:
    """Whoever has no password yet gets the welcome mail's link. A deactivated employee comes back."""
    await queries.lock_bureau(session, bureau_id)
    known = await queries.employee_of_email(session, bureau_id, new.email)
    _refuse_active(known)
    login = (await get_user(session, known.user_id)).email if known else new.email
    user, reset_id = await persons.invite_user(
        session, name=new.name, email=login, language=new.language, at=at
    )
    known = known or await queries.employee_of_user(session, bureau_id, user.id)
    _refuse_active(known)
    employee = _taken_back(known, new) if known else _newcomer(session, bureau_id, user, new, at=at)
    await publish_employee(session, EmployeeAdded, employee, user, password_reset_id=reset_id)
    await _recheck(session, employee, user, {new.email}, at=at)
    return employee


async def change_employee(
    session: AsyncSession,
    *,
    bureau_id: UUID,
    employee_id: UUID,
    change: EmployeeChange,
    seen: SeenVersion,
    at: datetime,
) -> Employee:
    await queries.lock_bureau(session, bureau_id)
    employee = await queries.get_employee_to_change(session, bureau_id, employee_id)
    seen.require(employee.version)
    if not employee.active:
        raise EmployeeInactive
    held_the_keys, old_email = employee.holds_the_keys, employee.email
    user = await get_user(session, employee.user_id)
    if change.email and change.email != old_email:
        await _move_address(session, employee, user, email=change.email, at=at)
    if not employee.change(**change.model_dump()):
        return employee
    if held_the_keys and not employee.holds_the_keys:
        await _require_another_administrator(session, employee)
    await publish_employee(session, EmployeeChanged, employee, user)
    if employee.email != old_email:
        await _recheck(session, employee, user, {old_email, employee.email}, at=at)
    return employee


async def deactivate_employee(
    session: AsyncSession, *, bureau_id: UUID, employee_id: UUID, transfer_to: UUID | None, at: datetime
) -> Employee:
    """All that the person is responsible for moves in the same step; nothing is left ownerless."""
    await queries.lock_bureau(session, bureau_id)
    employee = await queries.get_employee_to_change(session, bureau_id, employee_id)
    if not employee.active:
        return employee
    held_the_keys = employee.holds_the_keys
    employee.deactivate(at=at)
    if held_the_keys:
        await _require_another_administrator(session, employee)
    await _hand_over(session, employee, transfer_to=transfer_to, at=at)
    user = await get_user(session, employee.user_id)
    await publish_employee(session, EmployeeDeactivated, employee, user, transfer_to=transfer_to)
    await _recheck(session, employee, user, {employee.email}, at=at)
    return employee


async def rename_employments(session: AsyncSession, user: User) -> None:
    """A person's own name and language, in every bureau where they work."""
    await set_person(session, user.id)
    for employee, _ in await queries.employments(session, user.id):
        await set_tenant(session, employee.bureau_id)
        locked = await queries.get_employee_to_change(session, employee.bureau_id, employee.id)
        locked.name = user.name
        locked.version += 1
        await publish_employee(session, EmployeeChanged, locked, user)
        await session.flush()  # each row inside its own bureau's wall


async def _admin_user(
    session: AsyncSession,
    *,
    admin: FirstEmployee,
    language: Language,
    address: str,
    passwords: Passwords,
    limits: Limits,
    at: datetime,
) -> User:
    """A new person, or one who is there and shows it by the password."""
    if await user_of_email(session, admin.email) is None:
        return await persons.register_user(
            session, **dict(admin), language=language, passwords=passwords, at=at
        )
    try:
        return await persons.authenticate(
            session,
            email=admin.email,
            password=admin.password,
            address=address,
            passwords=passwords,
            limits=limits,
            at=at,
        )
    except WrongCredentials:
        raise EmailTakenBySomebody from None


async def _insert_bureau(session: AsyncSession, new: NewBureau, *, at: datetime) -> Bureau:
    bureau_id = uuid7()
    await set_tenant(session, bureau_id)
    values = new.model_dump(include={"name", "organisation_number", "email", "language"})
    statement = insert(Bureau).values(
        id=bureau_id, version=1, created_at=at, **values, **new.address.model_dump()
    )
    # Other bureaus' rows can't be looked at; the unique number tells.
    bureau: Bureau | None = await session.scalar(statement.on_conflict_do_nothing().returning(Bureau))
    if bureau is None:
        raise BureauExists
    return bureau


def _refuse_active(known: Employee | None) -> None:
    if known is not None and known.active:
        raise EmployeeExists


def _newcomer(
    session: AsyncSession, bureau_id: UUID, user: User, new: NewEmployee, *, at: datetime
) -> Employee:
    employee = Employee(
        id=uuid7(),
        bureau_id=bureau_id,
        user_id=user.id,
        active=True,
        version=1,
        created_at=at,
        **new.model_dump(exclude={"language"}),
    )
    session.add(employee)
    return employee


def _taken_back(employee: Employee, new: NewEmployee) -> Employee:
    for name, value in new.model_dump(exclude={"language"}).items():
        setattr(employee, name, value)
    employee.return_to_work()
    return employee


async def _move_address(
    session: AsyncSession, employee: Employee, user: User, *, email: str, at: datetime
) -> None:
    """Where the bureau reaches the person. How the person logs in is the person's own, except where
    nobody ever came to the address and nobody else counts on it: then it was a slip of the pen."""
    if await queries.employee_of_email(session, employee.bureau_id, email):
        raise EmployeeExists
    if user.email_verified or user.password_hash:
        return
    if not await queries.has_other_roles(session, user.id):
        reset_id = await persons.move_unclaimed_user(session, user, email=email, at=at)
        persons.mail_reset(session, user, reset_id)


async def _require_another_administrator(session: AsyncSession, leaving: Employee) -> None:
    others = await queries.active_employees(session, leaving.bureau_id)
    if not any(each.holds_the_keys for each in others if each.id != leaving.id):
        raise LastAdministrator


async def _hand_over(
    session: AsyncSession, employee: Employee, *, transfer_to: UUID | None, at: datetime
) -> None:
    if transfer_to is None:
        rows = await responsibilities_of(session, employee.bureau_id, employee.id)
        if rows:
            named = ("id", "number", "name", "active")
            raise MustBeMoved(customers=[{name: getattr(row, name) for name in named} for row in rows])
        return
    successor = await queries.get_employee(session, employee.bureau_id, transfer_to)
    if not successor.active:
        wrong = FieldError(field="transfer_to", code="inactive", detail="must be another, active employee")
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
