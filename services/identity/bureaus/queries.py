from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.tables import Bureau, Employee
from services.identity.people.tables import User
from shared.errors import NotFound


async def get_bureau(session: AsyncSession, bureau_id: UUID, *, seen_from: UUID) -> Bureau:
    """`seen_from` is the caller's bureau, because a person who works at several sees one at a time."""
    row = await session.get(Bureau, bureau_id) if bureau_id == seen_from else None
    if row is None:
        raise NotFound("bureau")
    return row


async def lock_bureau(session: AsyncSession, bureau_id: UUID) -> None:
    """Makes changes of its employees wait for each other. Two at once could remove the last administrator."""
    await session.execute(select(Bureau.id).where(Bureau.id == bureau_id).with_for_update())


async def get_employee(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Employee:
    return _found(await session.scalar(_one(bureau_id, employee_id)))


async def lock_employee(
    session: AsyncSession, bureau_id: UUID, employee_id: UUID, *, share: bool = False
) -> Employee:
    """`share` keeps others from changing or deactivating the employee, but not from taking the same lock: it
    is for whoever makes the employee responsible for a customer."""
    statement = _one(bureau_id, employee_id).with_for_update(read=share)
    return _found(await session.scalar(statement.execution_options(populate_existing=True)))


async def lock_active_employees(session: AsyncSession, bureau_id: UUID) -> None:
    """Keeps them from being deactivated while an import makes them responsible for customers."""
    staff = select(Employee.id).where(Employee.bureau_id == bureau_id, Employee.active)
    await session.execute(staff.order_by(Employee.id).with_for_update(read=True))


async def find_substitute(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> UUID:
    """The employee, or who now stands in for one who has left: the successor, that one's successor, or an
    administrator with full maintenance, of whom a bureau always has one."""
    staff = {each.id: each for each in await session.scalars(select(Employee).filter_by(bureau_id=bureau_id))}
    passed: set[UUID] = set()
    found = staff.get(employee_id)
    while found is not None and not found.active and found.id not in passed:
        passed.add(found.id)
        found = staff.get(found.successor_id) if found.successor_id else None
    if found is None or not found.active:
        found = next(each for _, each in sorted(staff.items()) if each.holds_the_keys)
    return found.id


async def list_employee_emails(session: AsyncSession, bureau_id: UUID) -> dict[str, UUID]:
    """Every address at which an active employee is reached or logs in, and whose it is."""
    statement = select(Employee.id, Employee.email, User.email).join(User, User.id == Employee.user_id)
    statement = statement.where(Employee.bureau_id == bureau_id, Employee.active)
    rows = (await session.execute(statement)).all()
    return {email: employee_id for employee_id, *emails in rows for email in emails}


async def list_employments(session: AsyncSession, user_id: UUID) -> Sequence[tuple[Employee, str]]:
    """The person's active employments with the names of the bureaus. Call `set_person` first."""
    statement = select(Employee, Bureau.name).join(Bureau, Bureau.id == Employee.bureau_id)
    statement = statement.where(Employee.user_id == user_id, Employee.active)
    rows = await session.execute(statement.order_by(Bureau.name, Employee.id))
    return [(employee, name) for employee, name in rows]


def _one(bureau_id: UUID, employee_id: UUID) -> Select[Employee]:
    return select(Employee).where(Employee.bureau_id == bureau_id, Employee.id == employee_id)


def _found(employee: Employee | None) -> Employee:
    if employee is None:
        raise NotFound("employee")
    return employee
