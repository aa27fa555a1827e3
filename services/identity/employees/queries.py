from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.tables import Membership
from services.identity.bureaus.tables import Employee
from shared.database.keyset import PageRequest, keyset
from shared.database.walls import set_person


async def list_employees(
    session: AsyncSession, bureau_id: UUID, paging: PageRequest, *, active: bool | None
) -> Sequence[Employee]:
    statement = select(Employee).where(Employee.bureau_id == bureau_id)
    if active is not None:
        statement = statement.where(Employee.active == active)
    return (await session.scalars(keyset(statement, paging, Employee.name, Employee.id))).all()


async def lock_employee_of_user(session: AsyncSession, bureau_id: UUID, user_id: UUID) -> Employee | None:
    statement = select(Employee).where(Employee.bureau_id == bureau_id, Employee.user_id == user_id)
    return await session.scalar(statement.with_for_update())


async def lock_employee_of_email(session: AsyncSession, bureau_id: UUID, email: str) -> Employee | None:
    statement = select(Employee).where(Employee.bureau_id == bureau_id, Employee.email == email)
    return await session.scalar(statement.with_for_update())


async def has_other_administrator(session: AsyncSession, employee: Employee) -> bool:
    """Whether somebody else is administrator with full maintenance. Lock the bureau first."""
    statement = select(Employee).where(Employee.bureau_id == employee.bureau_id, Employee.active)
    colleagues = await session.scalars(statement.where(Employee.id != employee.id))
    return any(each.holds_the_keys for each in colleagues)


async def has_other_roles(session: AsyncSession, user_id: UUID) -> bool:
    """Whether more than one bureau, or any account, relies on this person."""
    await set_person(session, user_id)
    employments = select(func.count()).select_from(Employee).where(Employee.user_id == user_id)
    memberships = select(func.count()).select_from(Membership).where(Membership.user_id == user_id)
    return (await session.scalar(employments) or 0) > 1 or bool(await session.scalar(memberships))
