"""Keeping the copies: a newer event replaces an older one, whatever the order in which they come."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.copies.tables import (
    Bureau,
    Collaboration,
    Contact,
    Customer,
    Employee,
    Feature,
    Member,
)
from shared.addresses import normalised
from shared.database.copies import keep_newer
from shared.events.billing import CaseManagementCancelled, CaseManagementEvent
from shared.events.identity import (
    BureauEvent,
    ContactEvent,
    CustomerEvent,
    EmployeeDeactivated,
    EmployeeEvent,
    MemberEvent,
)
from shared.events.invitations import CollaborationEvent


async def keep_bureaus(session: AsyncSession, *, events: Sequence[BureauEvent]) -> None:
    rows = (
        {"bureau_id": event.tenant, "sequence": event.sequence, "status": event.status} for event in events
    )
    await keep_newer(session, Bureau, rows)


async def keep_customers(session: AsyncSession, *, events: Sequence[CustomerEvent]) -> None:
    rows = (
        {
            "customer_id": event.customer_id,
            "bureau_id": event.tenant,
            "sequence": event.sequence,
            "name": event.name,
            "kind": event.kind,
            "active": event.active,
            "responsible_id": event.responsible_id,
            "participant_ids": event.participant_ids,
            "main_contact_id": event.main_contact.contact_id if event.main_contact else None,
        }
        for event in events
    )
    await keep_newer(session, Customer, rows)


async def keep_contacts(session: AsyncSession, *, events: Sequence[ContactEvent]) -> None:
    rows = (
        {
            "contact_id": event.contact_id,
            "bureau_id": event.tenant,
            "sequence": event.sequence,
            "customer_id": event.customer_id,
            "name": event.name,
            "email": normalised(event.email) if event.email else None,
            "language": event.language,
            "active": not event.ends,
        }
        for event in events
    )
    await keep_newer(session, Contact, rows)


async def keep_members(session: AsyncSession, *, events: Sequence[MemberEvent]) -> None:
    rows = (
        {
            "account_id": event.account_id,
            "user_id": event.user_id,
            "sequence": event.sequence,
            "name": event.name,
            "email": normalised(event.email),
            "active": not event.ends,
        }
        for event in events
    )
    await keep_newer(session, Member, rows)


async def keep_employees(session: AsyncSession, *, events: Sequence[EmployeeEvent]) -> None:
    rows = (
        {
            "employee_id": event.employee_id,
            "bureau_id": event.tenant,
            "sequence": event.sequence,
            "user_id": event.user_id,
            "name": event.name,
            "active": not event.ends,
            "successor_id": event.transfer_to if isinstance(event, EmployeeDeactivated) else None,
        }
        for event in events
    )
    await keep_newer(session, Employee, rows)


async def keep_collaborations(session: AsyncSession, *, events: Sequence[CollaborationEvent]) -> None:
    rows = (
        {
            "collaboration_id": event.collaboration_id,
            "bureau_id": event.tenant,
            "sequence": event.sequence,
            "customer_id": event.customer_id,
            "account_id": event.account_id,
            "active": not event.ends,
            "ended_at": event.time if event.ends else None,
        }
        for event in events
    )
    await keep_newer(session, Collaboration, rows)


async def keep_features(session: AsyncSession, *, events: Sequence[CaseManagementEvent]) -> None:
    rows = (
        {
            "bureau_id": event.tenant,
            "sequence": event.sequence,
            "active": not event.ends,
            "ends_on": event.ends_on if isinstance(event, CaseManagementCancelled) else None,
        }
        for event in events
    )
    await keep_newer(session, Feature, rows)
