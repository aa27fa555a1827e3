"""Contacts, and whether cases reach them."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.queries import find_role_by_email
from services.identity.customers.queries import get_customer
from services.identity.customers.tables import Contact, Customer
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound

Reason = Literal["no_collaboration", "email_missing", "not_a_member"]


class ContactRow(NamedTuple):
    """`reason`: why cases do not reach the contact; None where they do."""

    contact: Contact
    is_main: bool
    reason: Reason | None


async def list_contacts(
    session: AsyncSession, bureau_id: UUID, customer_id: UUID, paging: PageRequest
) -> list[ContactRow]:
    customer, _ = await get_customer(session, bureau_id, customer_id)
    statement = select(Contact).where(Contact.bureau_id == bureau_id, Contact.customer_id == customer_id)
    contacts = (await session.scalars(keyset(statement, paging, Contact.name, Contact.id))).all()
    return [await get_reach(session, customer, contact) for contact in contacts]


async def get_contact(session: AsyncSession, bureau_id: UUID, contact_id: UUID) -> Contact:
    statement = select(Contact).where(Contact.bureau_id == bureau_id, Contact.id == contact_id)
    contact = await session.scalar(statement.execution_options(populate_existing=True))
    if contact is None:
        raise NotFound("contact")
    return contact


async def get_contact_row(session: AsyncSession, bureau_id: UUID, contact_id: UUID) -> ContactRow:
    contact = await get_contact(session, bureau_id, contact_id)
    customer, _ = await get_customer(session, bureau_id, contact.customer_id)
    return await get_reach(session, customer, contact)


async def get_reach(session: AsyncSession, customer: Customer, contact: Contact) -> ContactRow:
    reason = await _find_hindrance(session, customer, contact.email)
    return ContactRow(contact, contact.id == customer.main_contact_id, reason)


async def has_contacts(session: AsyncSession, customer: Customer) -> bool:
    statement = select(exists().where(Contact.customer_id == customer.id))
    return bool(await session.scalar(statement))


async def list_contacts_of(session: AsyncSession, customer_ids: Sequence[UUID]) -> dict[UUID, list[Contact]]:
    """By customer, oldest first."""
    statement = select(Contact).where(Contact.customer_id.in_(customer_ids)).order_by(Contact.id)
    found: dict[UUID, list[Contact]] = {}
    for contact in await session.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(contact.customer_id, []).append(contact)
    return found


async def _find_hindrance(session: AsyncSession, customer: Customer, email: str | None) -> Reason | None:
    if not customer.collaboration_open or customer.account_id is None:
        return "no_collaboration"
    if not email:
        return "email_missing"
    role = await find_role_by_email(session, customer.account_id, email)
    return None if role else "not_a_member"
