"""Changes of a customer's contacts, and what they mean for the customer itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.queries import get_member
from services.identity.bureaus.queries import list_employee_emails
from services.identity.contacts import queries
from services.identity.contacts.queries import ContactRow
from services.identity.copies.queries import find_open_collaboration
from services.identity.customers.commands import change_main_contact, require_work_with
from services.identity.customers.events import Snapshot, publish_change, publish_contact, values_of
from services.identity.customers.queries import ShownCustomer, get_shown_customer, lock_customer
from services.identity.customers.tables import Contact, Customer, RemovedContact
from shared.callers import CallerEmployee
from shared.errors import NotFound, named_in
from shared.events.identity import ContactAdded, ContactChanged, ContactRemoved
from shared.ids import uuid7
from shared.versions import SeenVersion


async def add_contact(
    session: AsyncSession,
    *,
    customer_id: UUID,
    by: CallerEmployee,
    name: str,
    email: str | None,
    phone: str | None,
    language: str,
    at: datetime,
) -> ContactRow:
    """A customer's first contact becomes its main contact."""
    customer, main_contact = await lock_customer(session, by.bureau_id, customer_id)
    require_work_with(by, customer)
    contact = new_contact(customer, name=name, email=email, phone=phone, language=language, at=at)
    return await _add(session, customer, main_contact, contact, at=at)


async def add_member(
    session: AsyncSession, *, customer_id: UUID, user_id: UUID, by: CallerEmployee, at: datetime
) -> ContactRow:
    """A member of the account that the customer collaborates by becomes its contact, unless a contact has the
    member's address already. Raises NotFound for everybody else: of them a bureau learns nothing."""
    customer, main_contact = await lock_customer(session, by.bureau_id, customer_id)
    require_work_with(by, customer)
    collaboration = await find_open_collaboration(session, customer.bureau_id, customer.id)
    if collaboration is None:
        raise NotFound("member")
    member = await get_member(session, collaboration.account_id, user_id)
    user = member.user
    known = await queries.find_contact_by_email(session, customer, user.email)
    if known is not None:
        return (await queries.list_shown_contacts(session, customer, [known]))[0]
    contact = new_contact(
        customer, name=member.shown_name, email=user.email, phone=None, language=user.language, at=at
    )
    return await _add(session, customer, main_contact, contact, at=at)


async def _add(
    session: AsyncSession, customer: Customer, main_contact: Contact | None, contact: Contact, *, at: datetime
) -> ContactRow:
    first = not await queries.has_contacts(session, customer)
    session.add(contact)
    publish_contact(session, ContactAdded, contact, at=at)
    if first:
        await change_main_contact(session, customer=customer, was=main_contact, to=contact, at=at)
    return (await queries.list_shown_contacts(session, customer, [contact]))[0]


def new_contact(
    customer: Customer, *, name: str, email: str | None, phone: str | None, language: str, at: datetime
) -> Contact:
    return Contact(
        id=uuid7(),
        bureau_id=customer.bureau_id,
        customer_id=customer.id,
        name=name,
        email=email or None,
        phone=phone or None,
        language=language,
        version=1,
        created_at=at,
    )


async def change_contact(
    session: AsyncSession,
    *,
    contact_id: UUID,
    by: CallerEmployee,
    columns: Mapping[str, Any],
    seen: SeenVersion,
    at: datetime,
) -> ContactRow:
    """`columns`: those to change, by their names."""
    customer, main_contact, contact = await _lock(session, contact_id, by=by)
    seen.require(contact.version)
    employees = await list_employee_emails(session, by.bureau_id)
    before, was = Snapshot.of(customer, main_contact), values_of(contact)
    for name, value in columns.items():
        setattr(contact, name, value or None)
    if values_of(contact) != was:
        contact.version += 1
        publish_contact(session, ContactChanged, contact, at=at)
        customer.assess(main_contact, employee_emails=employees)
        publish_change(session, customer, main_contact, since=before, at=at)
    return (await queries.list_shown_contacts(session, customer, [contact]))[0]


async def remove_contact(
    session: AsyncSession, *, contact_id: UUID, by: CallerEmployee, at: datetime
) -> None:
    customer, main_contact, contact = await _lock(session, contact_id, by=by)
    if contact is main_contact:
        await change_main_contact(session, customer=customer, was=contact, to=None, at=at)
    contact.version += 1
    publish_contact(session, ContactRemoved, contact, at=at)
    session.add(RemovedContact.of(contact, at=at))
    await session.delete(contact)


async def choose_main_contact(
    session: AsyncSession,
    *,
    customer_id: UUID,
    by: CallerEmployee,
    contact_id: UUID | None,
    seen: SeenVersion | None,
    at: datetime,
) -> ShownCustomer:
    customer, main_contact = await lock_customer(session, by.bureau_id, customer_id)
    require_work_with(by, customer)
    if seen is not None:
        seen.require(customer.version)
    with named_in("contact_id"):
        chosen = await queries.get_contact(session, by.bureau_id, contact_id) if contact_id else None
        if chosen and chosen.customer_id != customer.id:
            raise NotFound("contact")
    await change_main_contact(session, customer=customer, was=main_contact, to=chosen, at=at)
    return await get_shown_customer(session, customer, chosen)


async def _lock(
    session: AsyncSession, contact_id: UUID, *, by: CallerEmployee
) -> tuple[Customer, Contact | None, Contact]:
    """Locks the contact's customer; the contact is read before, to find it, and again under the lock."""
    found = await queries.get_contact(session, by.bureau_id, contact_id)
    customer, main_contact = await lock_customer(session, by.bureau_id, found.customer_id)
    require_work_with(by, customer)
    return customer, main_contact, await queries.get_contact(session, by.bureau_id, contact_id)
