"""Contacts, whether cases reach them, and who administers the account of their customer."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.queries import Member, get_account, list_administrators, list_roles_by_email
from services.identity.accounts.tables import Account
from services.identity.copies.queries import find_open_collaboration
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


class CustomerAccount(NamedTuple):
    """`contact_ids`: the customer's contact with an administrator's address, by `user_id`."""

    account: Account
    administrators: list[Member]
    contact_ids: dict[UUID, UUID]


async def list_contacts(
    session: AsyncSession, bureau_id: UUID, customer_id: UUID, paging: PageRequest
) -> list[ContactRow]:
    customer = (await get_customer(session, bureau_id, customer_id)).customer
    statement = select(Contact).where(Contact.bureau_id == bureau_id, Contact.customer_id == customer_id)
    contacts = (await session.scalars(keyset(statement, paging, Contact.name, Contact.id))).all()
    return await list_shown_contacts(session, customer, contacts)


async def get_contact(session: AsyncSession, bureau_id: UUID, contact_id: UUID) -> Contact:
    statement = select(Contact).where(Contact.bureau_id == bureau_id, Contact.id == contact_id)
    contact = await session.scalar(statement.execution_options(populate_existing=True))
    if contact is None:
        raise NotFound("contact")
    return contact


async def find_contact_by_email(session: AsyncSession, customer: Customer, email: str) -> Contact | None:
    """The customer's oldest contact with this normalised address."""
    statement = select(Contact).where(Contact.customer_id == customer.id, Contact.normalised_email == email)
    return (await session.scalars(statement.order_by(Contact.id).limit(1))).first()


async def get_contact_row(session: AsyncSession, bureau_id: UUID, contact_id: UUID) -> ContactRow:
    contact = await get_contact(session, bureau_id, contact_id)
    customer = (await get_customer(session, bureau_id, contact.customer_id)).customer
    (shown,) = await list_shown_contacts(session, customer, [contact])
    return shown


async def list_shown_contacts(
    session: AsyncSession, customer: Customer, contacts: Sequence[Contact]
) -> list[ContactRow]:
    """For contacts that this transaction has read, and perhaps changed."""
    collaboration = await find_open_collaboration(session, customer.bureau_id, customer.id)
    emails = [each.normalised_email for each in contacts if each.normalised_email]
    roles = await list_roles_by_email(session, collaboration.account_id, emails) if collaboration else {}

    def reason(contact: Contact) -> Reason | None:
        if collaboration is None:
            return "no_collaboration"
        if not contact.email:
            return "email_missing"
        return None if contact.normalised_email in roles else "not_a_member"

    return [ContactRow(each, each.id == customer.main_contact_id, reason(each)) for each in contacts]


async def get_customer_account(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> CustomerAccount:
    """Raises NotFound without an open collaboration: until then a bureau learns nothing of an account."""
    customer = (await get_customer(session, bureau_id, customer_id)).customer
    collaboration = await find_open_collaboration(session, bureau_id, customer_id)
    if collaboration is None:
        raise NotFound("account")
    account = await get_account(session, collaboration.account_id)
    administrators = await list_administrators(session, account.id)
    contacts = (await list_contacts_of(session, [customer.id])).get(customer.id, [])
    by_email = {each.normalised_email: each.id for each in contacts if each.normalised_email}
    contact_ids = {user.id: by_email[user.email] for _, user in administrators if user.email in by_email}
    return CustomerAccount(account, administrators, contact_ids)


async def has_contacts(session: AsyncSession, customer: Customer) -> bool:
    statement = select(exists().where(Contact.customer_id == customer.id))
    return bool(await session.scalar(statement))


async def list_contacts_of(session: AsyncSession, customer_ids: Sequence[UUID]) -> dict[UUID, list[Contact]]:
    """The contacts of each customer, oldest first."""
    statement = select(Contact).where(Contact.customer_id.in_(customer_ids)).order_by(Contact.id)
    found: dict[UUID, list[Contact]] = {}
    for contact in await session.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(contact.customer_id, []).append(contact)
    return found
