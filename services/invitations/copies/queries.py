from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.invitations.copies.tables import Account, AccountRole, Bureau, Customer, Feature
from shared.callers import CallerEmployee
from shared.clock import stockholm_date
from shared.errors import NotFound


def among(column: InstrumentedAttribute[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """`column = any(ids)`: one parameter, however many ids."""
    return column == any_(literal(list(ids), ARRAY(Uuid())))


def own_customer(employee: CallerEmployee) -> ColumnElement[bool]:
    """The customers that the employee is responsible for or takes part in."""
    return or_(
        Customer.responsible_id == employee.employee_id,
        literal(employee.employee_id) == any_(Customer.participant_ids),
    )


def feature_open(at: datetime) -> ColumnElement[bool]:
    return and_(Feature.active, or_(Feature.ends_on.is_(None), Feature.ends_on >= stockholm_date(at)))


async def customer(session: AsyncSession, *, bureau_id: UUID, customer_id: UUID) -> Customer:
    found = await session.get(Customer, (bureau_id, customer_id))
    if found is None:
        raise NotFound("customer")
    return found


async def lock_customers(
    session: AsyncSession, *, bureau_id: UUID, customer_ids: Collection[UUID]
) -> Sequence[Customer]:
    """Locked in the order of their ids: whatever opens or replaces an invitation goes one by one."""
    statement = (
        select(Customer)
        .where(Customer.bureau_id == bureau_id, among(Customer.customer_id, customer_ids))
        .order_by(Customer.bureau_id, Customer.customer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


async def bureaus_with_feature(
    session: AsyncSession, bureau_ids: Collection[UUID], *, at: datetime
) -> set[UUID]:
    statement = select(Feature.bureau_id).where(among(Feature.bureau_id, bureau_ids), feature_open(at))
    return set(await session.scalars(statement))


async def bureau_name(session: AsyncSession, bureau_id: UUID) -> str | None:
    return await session.scalar(select(Bureau.name).where(Bureau.bureau_id == bureau_id))


async def account(session: AsyncSession, **key: Any) -> Account:
    return (await session.scalars(select(Account).filter_by(**key))).one()


async def administrates(session: AsyncSession, account: Account, *, user_id: UUID) -> bool:
    """By identity's news; before they have come, whoever opened the account."""
    role = await session.get(AccountRole, (account.account_id, user_id))
    if role is None:
        return account.opened_by == user_id
    return role.active and role.role == "administrator"
