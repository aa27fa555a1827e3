from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.tables import Bureau, Employee
from services.identity.people.tables import User
from shared.errors import NotFound, found


async def get_bureau(session: AsyncSession, bureau_id: UUID, *, seen_from: UUID) -> Bureau:
    """`seen_from` is the caller's bureau, because a person who works at several sees one at a time."""
    row = await session.get(Bureau, bureau_id) if bureau_id == seen_from else None
    if row is None:
        raise NotFound("bureau")
    return row


async def lock_bureau(session: AsyncSession, bureau_id: UUID) -> Bureau:
    """Makes changes of its employees wait for each other. Two at once could remove the last administrator."""
    statement = select(Bureau).where(Bureau.id == bureau_id).with_for_update()
    return found(await session.scalar(statement.execution_options(populate_existing=True)), "bureau")


async def get_employee(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Employee:
    return found(await session.scalar(_one(bureau_id, employee_id)), "employee")


async def lock_employee(
    session: AsyncSession, bureau_id: UUID, employee_id: UUID, *, share: bool = False
) -> Employee:
    """`share` keeps others from changing or deactivating the employee, but not from taking the same lock: it
    is for whoever makes the employee responsible for a customer."""
    statement = _one(bureau_id, employee_id).with_for_update(read=share)
    return found(await session.scalar(statement.execution_options(populate_existing=True)), "employee")


async def lock_active_employees(session: AsyncSession, bureau_id: UUID) -> None:
    """Keeps them from being deactivated while an import makes them responsible for customers."""
    staff = select(Employee.id).where(Employee.bureau_id == bureau_id, Employee.active)
    await session.execute(staff.order_by(Employee.id).with_for_update(read=True))


async def find_substitute(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> UUID:
    """The employee, or who now stands in for one who has left: the successor, that one's successor, or an
    administrator with full maintenance, of whom a bureau always has one."""
    staff = {each.id: each for each in await session.scalars(select(Employee).filter_by(bureau_id=bureau_id))}
    passed: set[UUID] = set()
    stand_in = staff.get(employee_id)
    while stand_in is not None and not stand_in.active and stand_in.id not in passed:
        passed.add(stand_in.id)
        stand_in = staff.get(stand_in.successor_id) if stand_in.successor_id else None
    if stand_in is None or not stand_in.active:
        stand_in = next(each for _, each in sorted(staff.items()) if each.holds_the_keys)
    return stand_in.id


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
