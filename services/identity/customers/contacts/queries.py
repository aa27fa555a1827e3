"""Reading contacts, and whether cases reach them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.queries import role_of_email
from services.identity.customers.contacts.schemas import ContactOut, Reason
from services.identity.customers.queries import get_customer
from services.identity.customers.tables import Contact, Customer
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound
from shared.http.pagination import Page, page


async def list_contacts(
    session: AsyncSession, bureau_id: UUID, customer_id: UUID, paging: PageRequest
) -> Page[ContactOut]:
    customer, _ = await get_customer(session, bureau_id, customer_id)
    statement = select(Contact).where(Contact.bureau_id == bureau_id, Contact.customer_id == customer_id)
    contacts = (await session.scalars(keyset(statement, paging, Contact.name, Contact.id))).all()
    shown = [await describe(session, customer, contact) for contact in contacts]
    return page(shown, paging, out=lambda each: each, key=lambda each: (each.name, each.id))


async def get_contact(session: AsyncSession, bureau_id: UUID, contact_id: UUID) -> Contact:
    statement = select(Contact).where(Contact.bureau_id == bureau_id, Contact.id == contact_id)
    contact = await session.scalar(statement.execution_options(populate_existing=True))
    if contact is None:
        raise NotFound("contact")
    return contact


async def contact_out(session: AsyncSession, bureau_id: UUID, contact_id: UUID) -> ContactOut:
    contact = await get_contact(session, bureau_id, contact_id)
    customer, _ = await get_customer(session, bureau_id, contact.customer_id)
    return await describe(session, customer, contact)


async def describe(session: AsyncSession, customer: Customer, contact: Contact) -> ContactOut:
    reason = await _hindrance(session, customer, contact.email)
    return ContactOut(
        id=contact.id,
        customer_id=contact.customer_id,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language="en" if contact.language == "en" else "sv",
        main_contact=contact.id == customer.main_contact_id,
        can_receive_cases=reason is None,
        reason=reason,
        version=contact.version,
    )


async def has_contacts(session: AsyncSession, customer: Customer) -> bool:
    statement = select(exists().where(Contact.customer_id == customer.id))
    return bool(await session.scalar(statement))


async def contacts_of(session: AsyncSession, customer_ids: Sequence[UUID]) -> dict[UUID, list[Contact]]:
    """By customer, oldest first."""
    statement = select(Contact).where(Contact.customer_id.in_(customer_ids)).order_by(Contact.id)
    found: dict[UUID, list[Contact]] = {}
    for contact in await session.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(contact.customer_id, []).append(contact)
    return found


async def _hindrance(session: AsyncSession, customer: Customer, email: str | None) -> Reason | None:
    if not customer.collaboration_open or customer.account_id is None:
        return "no_collaboration"
    if not email:
        return "email_missing"
    role = await role_of_email(session, customer.account_id, email.lower())
    return None if role else "not_a_member"
