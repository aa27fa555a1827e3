from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.tables import Membership
from services.identity.bureaus.tables import Bureau, Employee
from services.identity.persons.tables import User
from shared.database.keyset import PageRequest, keyset
from shared.database.walls import set_person
from shared.errors import NotFound


async def get_bureau(session: AsyncSession, bureau_id: UUID) -> Bureau:
    row = await session.get(Bureau, bureau_id)
    if row is None:
        raise NotFound("bureau")
    return row


async def lock_bureau(session: AsyncSession, bureau_id: UUID) -> None:
    """Changes of who holds the keys run one after the other."""
    await session.execute(select(Bureau.id).where(Bureau.id == bureau_id).with_for_update())


async def list_employees(
    session: AsyncSession, bureau_id: UUID, paging: PageRequest, *, active: bool | None
) -> Sequence[Employee]:
    statement = select(Employee).where(Employee.bureau_id == bureau_id)
    if active is not None:
        statement = statement.where(Employee.active == active)
    return (await session.scalars(keyset(statement, paging, Employee.name, Employee.id))).all()


async def find_employee(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Employee:
    return await _one(session, bureau_id, employee_id)


async def get_employee(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Employee:
    """For whoever makes the employee responsible for something: nobody deactivates them meanwhile."""
    return await _one(session, bureau_id, employee_id, lock="share")


async def get_employee_to_change(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Employee:
    return await _one(session, bureau_id, employee_id, lock="update")


async def active_employees(session: AsyncSession, bureau_id: UUID) -> Sequence[Employee]:
    statement = select(Employee).where(Employee.bureau_id == bureau_id, Employee.active)
    return (await session.scalars(statement.order_by(Employee.name, Employee.id))).all()


async def employee_emails(session: AsyncSession, bureau_id: UUID) -> dict[str, UUID]:
    """Every address, in lower case, at which an active employee is reached or logs in."""
    statement = select(Employee.id, Employee.email, User.email).join(User, User.id == Employee.user_id)
    statement = statement.where(Employee.bureau_id == bureau_id, Employee.active)
    rows = (await session.execute(statement)).all()
    return {email: employee_id for employee_id, *emails in rows for email in emails}


async def employee_of_user(session: AsyncSession, bureau_id: UUID, user_id: UUID) -> Employee | None:
    statement = select(Employee).where(Employee.bureau_id == bureau_id, Employee.user_id == user_id)
    return await session.scalar(statement.with_for_update())


async def employee_of_email(session: AsyncSession, bureau_id: UUID, email: str) -> Employee | None:
    statement = select(Employee).where(Employee.bureau_id == bureau_id, Employee.email == email)
    return await session.scalar(statement.with_for_update())


async def employments(session: AsyncSession, user_id: UUID) -> Sequence[tuple[Employee, str]]:
    """The person's active ones in all bureaus, with the bureau's name; after `set_person`."""
    statement = select(Employee, Bureau.name).join(Bureau, Bureau.id == Employee.bureau_id)
    statement = statement.where(Employee.user_id == user_id, Employee.active)
    rows = await session.execute(statement.order_by(Bureau.name, Employee.id))
    return [(employee, name) for employee, name in rows]


async def has_other_roles(session: AsyncSession, user_id: UUID) -> bool:
    """Whether more than one bureau, or any account, counts on this person."""
    await set_person(session, user_id)
    employments = select(func.count()).select_from(Employee).where(Employee.user_id == user_id)
    memberships = select(func.count()).select_from(Membership).where(Membership.user_id == user_id)
    return (await session.scalar(employments) or 0) > 1 or bool(await session.scalar(memberships))


async def _one(
    session: AsyncSession, bureau_id: UUID, employee_id: UUID, *, lock: str | None = None
) -> Employee:
    statement = select(Employee).where(Employee.bureau_id == bureau_id, Employee.id == employee_id)
    if lock:
        statement = statement.with_for_update(read=lock == "share").execution_options(populate_existing=True)
    row = await session.scalar(statement)
    if row is None:
        raise NotFound("employee")
    return row
