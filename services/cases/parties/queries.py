from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.parties.errors import CannotReceive, NoCollaboration
from services.cases.parties.tables import Collaboration, Contact, Customer, EmployeeCopy, Member
from shared.errors import FieldError, NotFound

WHY_NOT = {
    "unknown_contact": "no contact of this customer",
    "email_missing": "has no e-mail address",
    "not_a_member": "is no member of the customer's account, by the contact's e-mail address",
}


@dataclass(frozen=True)
class Recipient:
    """A contact of the customer at the bureau who is a member of the customer's account."""

    contact_id: UUID
    user_id: UUID
    name: str
    email: str
    member_name: str


async def customer_of(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> Customer:
    wanted = select(Customer).where(Customer.bureau_id == bureau_id, Customer.id == customer_id)
    customer = (await session.scalars(wanted)).one_or_none()
    if customer is None:
        raise NotFound("customer")
    return customer


async def open_collaboration(session: AsyncSession, bureau_id: UUID, customer_id: UUID) -> Collaboration:
    """Raises NoCollaboration; NotFound where the customer is not one of the bureau."""
    wanted = select(Collaboration).where(
        Collaboration.bureau_id == bureau_id,
        Collaboration.customer_id == customer_id,
        Collaboration.ended_at.is_(None),
    )
    # The end of an earlier one may still be on its way.
    collaboration = (await session.scalars(wanted.order_by(Collaboration.id.desc()).limit(1))).first()
    if collaboration is None:
        await customer_of(session, bureau_id, customer_id)
        raise NoCollaboration
    return collaboration


async def recipients(
    session: AsyncSession, bureau_id: UUID, customer_id: UUID, contact_ids: Sequence[UUID]
) -> list[Recipient]:
    """Each person once, in the order of the contacts. Raises CannotReceive, saying why for each."""
    if not contact_ids:
        return []
    account_id = (await open_collaboration(session, bureau_id, customer_id)).account_id
    contacts = await _contacts(session, bureau_id, customer_id, contact_ids)
    addresses = [each.email for each in contacts.values() if each.email]
    members = await _members_by_email(session, account_id, addresses)
    found = [
        {
            "contact_id": contact.id,
            "name": contact.name,
            "email": contact.email,
            "user_id": member.user_id if (member := members.get(contact.email or "")) else None,
            "member_name": member.name if member else None,
        }
        for contact in contacts.values()
    ]
    return recipients_among(found, contact_ids)


def recipients_among(found: Iterable[Mapping[str, Any]], contact_ids: Sequence[UUID]) -> list[Recipient]:
    """`found`: `contact_id`, `name` and `email` of contacts, `user_id` and `member_name` where they are
    members. Raises as `recipients`."""
    known = {_uuid(each["contact_id"]): each for each in found}
    reasons = {each: _why_not(known.get(each)) for each in contact_ids}
    errors = [
        FieldError(field=str(contact_id), code=code, detail=WHY_NOT[code])
        for contact_id, code in reasons.items()
        if code
    ]
    if errors:
        raise CannotReceive(errors=errors)
    people: dict[UUID, Recipient] = {}
    for contact_id in contact_ids:
        contact = known[contact_id]
        user_id = _uuid(contact["user_id"])
        person = Recipient(contact_id, user_id, contact["name"], contact["email"], contact["member_name"])
        people.setdefault(user_id, person)
    return list(people.values())


async def employee_of(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> EmployeeCopy:
    wanted = select(EmployeeCopy).where(
        EmployeeCopy.bureau_id == bureau_id, EmployeeCopy.employee_id == employee_id
    )
    employee = (await session.scalars(wanted)).one_or_none()
    if employee is None:
        raise NotFound("employee")
    return employee


async def names_of(
    session: AsyncSession, bureau_id: UUID, account_id: UUID, user_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Of employees and members, also of those who have left."""
    if not user_ids:
        return {}
    at_account = select(Member.user_id, Member.name).where(
        Member.account_id == account_id, Member.user_id.in_(user_ids)
    )
    at_bureau = select(EmployeeCopy.user_id, EmployeeCopy.name).where(
        EmployeeCopy.bureau_id == bureau_id, EmployeeCopy.user_id.in_(user_ids)
    )
    rows = await session.execute(union_all(at_account, at_bureau))
    return {row.user_id: row.name for row in rows}


async def first_name_of_main_contact(session: AsyncSession, customer: Customer) -> str:
    """Empty where there is none."""
    if customer.main_contact_id is None:
        return ""
    contacts = await _contacts(session, customer.bureau_id, customer.id, [customer.main_contact_id])
    return " ".join(contact.name for contact in contacts.values()).partition(" ")[0]


async def _contacts(
    session: AsyncSession, bureau_id: UUID, customer_id: UUID, contact_ids: Sequence[UUID]
) -> dict[UUID, Contact]:
    wanted = select(Contact).where(
        Contact.bureau_id == bureau_id,
        Contact.customer_id == customer_id,
        Contact.id.in_(contact_ids),
        Contact.removed.is_(False),
    )
    return {contact.id: contact for contact in await session.scalars(wanted)}


async def _members_by_email(
    session: AsyncSession, account_id: UUID, addresses: Sequence[str]
) -> dict[str, Member]:
    wanted = select(Member).where(
        Member.account_id == account_id, Member.email.in_(addresses), Member.removed.is_(False)
    )
    return {member.email: member for member in await session.scalars(wanted)}


def _why_not(contact: Mapping[str, Any] | None) -> str | None:
    if contact is None:
        return "unknown_contact"
    if contact["email"] is None:
        return "email_missing"
    return None if contact["user_id"] else "not_a_member"


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
