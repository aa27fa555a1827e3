"""Reading the copies. Raises NotFound where a copy has not come yet: the reaction then waits for it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.tables import Bureau, Contact, Customer, Employee, Member
from shared.database.tables import access
from shared.errors import NotFound


async def get_bureau(session: AsyncSession, bureau_id: UUID) -> Bureau:
    bureau = await session.get(Bureau, bureau_id)
    if bureau is None:
        raise NotFound("bureau")
    return bureau


async def get_customer(session: AsyncSession, customer_id: UUID, *, bureau_id: UUID) -> Customer:
    customer = await session.get(Customer, (bureau_id, customer_id))
    if customer is None:
        raise NotFound("customer")
    return customer


async def list_contact_emails(session: AsyncSession, *, bureau_id: UUID, customer_id: UUID) -> set[str]:
    """The normalised addresses of the customer's contacts of now."""
    contacts = await _list_contacts(session, bureau_id, customer_id)
    return {each.email for each in contacts if each.email and each.active}


async def list_known_emails(session: AsyncSession, *, bureau_id: UUID, customer_id: UUID) -> set[str]:
    """The normalised addresses of the customer's contacts, of those who were removed too."""
    return {each.email for each in await _list_contacts(session, bureau_id, customer_id) if each.email}


async def _list_contacts(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> Sequence[Contact]:
    wanted = select(Contact).where(Contact.bureau_id == bureau_id, Contact.customer_id == customer_id)
    return (await session.scalars(wanted)).all()


async def find_responsible(session: AsyncSession, customer: Customer) -> Employee | None:
    """The employee who is responsible for the customer; None where that copy has not come."""
    ids = [customer.responsible_id] if customer.responsible_id else []
    return next(iter(await list_present(session, bureau_id=customer.bureau_id, employee_ids=ids)), None)


async def find_in_charge(
    session: AsyncSession, *, bureau_id: UUID, customer_id: UUID
) -> Employee | Bureau | None:
    """The employee who is responsible for the customer; the bureau itself where nobody is known to be."""
    customer = await session.get(Customer, (bureau_id, customer_id))
    responsible = await find_responsible(session, customer) if customer else None
    return responsible or await session.get(Bureau, bureau_id)


async def list_present(
    session: AsyncSession, *, bureau_id: UUID, employee_ids: Collection[UUID]
) -> Sequence[Employee]:
    """Those of the employees who have not left the bureau."""
    wanted = select(Employee).where(
        Employee.bureau_id == bureau_id, Employee.employee_id.in_(employee_ids), Employee.active
    )
    return (await session.scalars(wanted.order_by(Employee.employee_id))).all()


async def list_bill_readers(session: AsyncSession, bureau_id: UUID) -> Sequence[UUID]:
    """The persons who may see what the bureau pays."""
    may = or_(
        access.c.permissions["account_role"].astext == "administrator",
        access.c.permissions["maintenance"].astext == "full",
    )
    wanted = select(access.c.user_id).where(access.c.hat_id == bureau_id, access.c.active, may)
    return (await session.scalars(wanted.order_by(access.c.user_id))).all()


async def get_administrators(session: AsyncSession, account_id: UUID) -> Sequence[Member]:
    """Never empty, because an account always has an administrator: the copies of its members have not come
    yet where there is none."""
    wanted = select(Member).where(
        Member.account_id == account_id, Member.role == "administrator", Member.active
    )
    found = (await session.scalars(wanted.order_by(Member.user_id))).all()
    if not found:
        raise NotFound("administrator")
    return found


async def list_employees(
    session: AsyncSession, *, bureau_id: UUID, user_ids: Collection[UUID]
) -> dict[UUID, Employee]:
    """By `user_id`; those who have left the bureau too."""
    wanted = select(Employee).where(Employee.bureau_id == bureau_id, Employee.user_id.in_(user_ids))
    return {each.user_id: each for each in await session.scalars(wanted)}


async def list_members(
    session: AsyncSession, *, account_id: UUID, user_ids: Collection[UUID]
) -> dict[UUID, Member]:
    """By `user_id`; those who were removed from the account too."""
    wanted = select(Member).where(Member.account_id == account_id, Member.user_id.in_(user_ids))
    return {each.user_id: each for each in await session.scalars(wanted)}
