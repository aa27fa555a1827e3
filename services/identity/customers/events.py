"""The events of a customer and of its contacts. Each one carries the whole present state."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.customers.tables import Contact, Customer, RemovedContact
from services.identity.tables import Row
from shared.bus import outbox
from shared.events.identity import (
    ContactEvent,
    CustomerChanged,
    CustomerDeactivated,
    CustomerEvent,
    CustomerReactivated,
    MainContact,
    MainContactChanged,
)


class Snapshot(NamedTuple):
    """A customer as it is at one moment, to be compared with a later one."""

    customer: dict[str, Any]
    main_contact: dict[str, Any]

    @classmethod
    def of(cls, customer: Customer, main_contact: Contact | None) -> "Snapshot":
        return cls(values_of(customer), values_of(main_contact) if main_contact else {})

    @property
    def reach(self) -> tuple[UUID | None, str | None]:
        return self.main_contact.get("id"), self.main_contact.get("email")


def values_of(row: Row) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}


def publish_change(
    session: AsyncSession, customer: Customer, main_contact: Contact | None, *, since: Snapshot, at: datetime
) -> bool:
    """Counts a version and publishes it, unless the customer is as it was. Returns whether it has changed."""
    now = Snapshot.of(customer, main_contact)
    if now == since:
        return False
    customer.version += 1
    publish_customer(session, _kind_of_change(since, now), customer, main_contact, at=at)
    if now.reach != since.reach:
        outbox.add(
            session,
            MainContactChanged(
                bureau_id=customer.bureau_id,
                customer_id=customer.id,
                sequence=customer.version,
                time=at,
                main_contact=_main_contact(main_contact),
            ),
        )
    return True


def publish_customer(
    session: AsyncSession,
    kind: type[CustomerEvent],
    customer: Customer,
    main_contact: Contact | None,
    *,
    at: datetime,
) -> None:
    customer.changed_at = at
    outbox.add(session, customer_event(kind, customer, main_contact, at=at))


def customer_event(
    kind: type[CustomerEvent], customer: Customer, main_contact: Contact | None, *, at: datetime
) -> CustomerEvent:
    is_company = customer.kind == "company"
    return kind(
        bureau_id=customer.bureau_id,
        sequence=customer.version,
        time=at,
        customer_id=customer.id,
        number=customer.number,
        name=customer.name,
        kind="company" if is_company else "private_individual",
        organisation_number=customer.organisation_number if is_company else None,
        active=customer.active,
        responsible_id=customer.responsible_id,
        participant_ids=customer.participant_ids,
        main_contact=_main_contact(main_contact),
        failing_points=customer.failing_points,
    )


def publish_contact(
    session: AsyncSession, kind: type[ContactEvent], contact: Contact, *, at: datetime
) -> None:
    outbox.add(session, contact_event(kind, contact, at=at))


def contact_event(
    kind: type[ContactEvent], contact: Contact | RemovedContact, *, at: datetime
) -> ContactEvent:
    return kind(
        bureau_id=contact.bureau_id,
        sequence=contact.version,
        time=at,
        contact_id=contact.id,
        customer_id=contact.customer_id,
        name=contact.name,
        email=contact.email,
        language="en" if contact.language == "en" else "sv",
    )


def _kind_of_change(since: Snapshot, now: Snapshot) -> type[CustomerEvent]:
    if since.customer["active"] == now.customer["active"]:
        return CustomerChanged
    return CustomerReactivated if now.customer["active"] else CustomerDeactivated


def _main_contact(contact: Contact | None) -> MainContact | None:
    if contact is None:
        return None
    return MainContact(
        contact_id=contact.id,
        name=contact.name,
        email=contact.email or "",
        language="en" if contact.language == "en" else "sv",
    )
