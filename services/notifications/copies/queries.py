"""Reading the copies. What has not come yet is NotFound: the reaction waits for it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.tables import Bureau, Customer, Employee, Member
from shared.errors import NotFound


async def bureau_of(session: AsyncSession, bureau_id: UUID) -> Bureau:
    bureau = await session.get(Bureau, bureau_id)
    if bureau is None:
        raise NotFound("bureau")
    return bureau


async def customer_of(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> Customer:
    customer = await session.get(Customer, (bureau_id, customer_id))
    if customer is None:
        raise NotFound("customer")
    return customer


async def administrators_of(session: AsyncSession, account_id: UUID) -> Sequence[Member]:
    """Never empty: an account has always an administrator."""
    wanted = select(Member).where(
        Member.account_id == account_id, Member.role == "administrator", Member.active
    )
    found = (await session.scalars(wanted.order_by(Member.user_id))).all()
    if not found:
        raise NotFound("administrator")
    return found


async def employees_of(
    session: AsyncSession, bureau_id: UUID, user_ids: Collection[UUID]
) -> dict[UUID, Employee]:
    """Also those who have left."""
    wanted = select(Employee).where(Employee.bureau_id == bureau_id, Employee.user_id.in_(user_ids))
    return {each.user_id: each for each in await session.scalars(wanted)}


async def members_of(
    session: AsyncSession, account_id: UUID, user_ids: Collection[UUID]
) -> dict[UUID, Member]:
    """Also those who were removed."""
    wanted = select(Member).where(Member.account_id == account_id, Member.user_id.in_(user_ids))
    return {each.user_id: each for each in await session.scalars(wanted)}
