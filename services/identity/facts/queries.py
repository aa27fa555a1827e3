"""All rows of a kind, page by page, in the order of their keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.tables import Account, Membership
from services.identity.bureaus.tables import Bureau, Employee
from services.identity.copies.tables import Collaboration
from services.identity.customers.tables import Contact, Customer, RemovedContact
from services.identity.people.tables import User
from shared.database.tables import access


class EmployeeRow(NamedTuple):
    """`since`: when the employee was last published."""

    employee: Employee
    user: User
    since: datetime | None


class CustomerRow(NamedTuple):
    """`since`: when the customer became what it is; now, where that is not known, so that no month that has
    passed is billed in another way."""

    customer: Customer
    main_contact: Contact | None
    since: datetime


class MemberRow(NamedTuple):
    """`since`: when the member was last published."""

    membership: Membership
    user: User
    since: datetime | None


async def list_bureau_ids(session: AsyncSession, *, after: UUID, limit: int) -> Sequence[UUID]:
    statement = select(Bureau.id).where(Bureau.id > after).order_by(Bureau.id).limit(limit)
    return (await session.scalars(statement)).all()


async def list_employees(
    session: AsyncSession, *, bureau_id: UUID, after: UUID, limit: int
) -> list[EmployeeRow]:
    published = and_(
        access.c.user_id == Employee.user_id,
        access.c.hat_id == Employee.bureau_id,
        access.c.sequence == Employee.version,
    )
    statement = (
        select(Employee, User, access.c.changed_at)
        .join(User, User.id == Employee.user_id)
        .outerjoin(access, published)
        .where(Employee.bureau_id == bureau_id, Employee.id > after)
    )
    rows = await session.execute(statement.order_by(Employee.id).limit(limit))
    return [EmployeeRow(*row) for row in rows]


async def list_customers(
    session: AsyncSession, *, bureau_id: UUID, after: UUID, limit: int
) -> list[CustomerRow]:
    first = case((Customer.version == 1, Customer.created_at))
    since = func.coalesce(Customer.changed_at, Customer.inactive_since, first, func.now())
    statement = (
        select(Customer, Contact, since)
        .outerjoin(Contact, Contact.id == Customer.main_contact_id)
        .where(Customer.bureau_id == bureau_id, Customer.id > after)
    )
    rows = await session.execute(statement.order_by(Customer.id).limit(limit))
    return [CustomerRow(*row) for row in rows]


async def list_contacts(
    session: AsyncSession, *, bureau_id: UUID, after: UUID, limit: int
) -> Sequence[Contact]:
    statement = select(Contact).where(Contact.bureau_id == bureau_id, Contact.id > after)
    return (await session.scalars(statement.order_by(Contact.id).limit(limit))).all()


async def list_removed_contacts(
    session: AsyncSession, *, bureau_id: UUID, after: UUID, limit: int
) -> Sequence[RemovedContact]:
    statement = select(RemovedContact).where(RemovedContact.bureau_id == bureau_id, RemovedContact.id > after)
    return (await session.scalars(statement.order_by(RemovedContact.id).limit(limit))).all()


async def list_accounts(
    session: AsyncSession, *, bureau_id: UUID | None, after: UUID, limit: int
) -> Sequence[Account]:
    """All accounts, or those that the bureau has collaborated with."""
    statement = select(Account).where(Account.id > after, *_with(bureau_id, Account.id))
    return (await session.scalars(statement.order_by(Account.id).limit(limit))).all()


async def list_members(
    session: AsyncSession, *, bureau_id: UUID | None, after: tuple[UUID, UUID], limit: int
) -> list[MemberRow]:
    """The members of all accounts, or of those that the bureau has collaborated with."""
    key = tuple_(Membership.account_id, Membership.user_id)
    published = and_(
        access.c.user_id == Membership.user_id,
        access.c.hat_id == Membership.account_id,
        access.c.sequence == Membership.version,
    )
    statement = (
        select(Membership, User, access.c.changed_at)
        .join(User, User.id == Membership.user_id)
        .outerjoin(access, published)
        .where(key > tuple_(*after), *_with(bureau_id, Membership.account_id))
    )
    rows = await session.execute(statement.order_by(Membership.account_id, Membership.user_id).limit(limit))
    return [MemberRow(*row) for row in rows]


def _with(bureau_id: UUID | None, account_id: Any) -> list[ColumnElement[bool]]:
    if bureau_id is None:
        return []
    theirs = select(Collaboration.account_id).where(Collaboration.bureau_id == bureau_id)
    return [account_id.in_(theirs)]
