"""Keeping the copies up to date: what is newer is applied, what is older is ignored."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.tables import (
    Bureau,
    CaseReading,
    Collaboration,
    Contact,
    Customer,
    Employee,
    Member,
)
from shared.addresses import normalised
from shared.database.copies import keep_newer
from shared.events.cases import CaseRead
from shared.events.identity import (
    BureauEvent,
    ContactEvent,
    CustomerEvent,
    EmployeeEvent,
    MemberEvent,
)
from shared.events.invitations import CollaborationEvent

# Longer than any mail waits: its retries end before.
READINGS_KEPT_FOR: Final = timedelta(days=7)


async def keep_bureaus(session: AsyncSession, *, events: Sequence[BureauEvent]) -> None:
    rows = (
        {
            "bureau_id": event.tenant,
            "name": event.shown_name,
            "email": normalised(event.email),
            "language": event.language,
            "status": event.status,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Bureau, rows)


async def keep_customers(session: AsyncSession, *, events: Sequence[CustomerEvent]) -> None:
    rows = (
        {
            "bureau_id": event.tenant,
            "customer_id": event.customer_id,
            "name": event.name,
            "responsible_id": event.responsible_id,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Customer, rows)


async def keep_contacts(session: AsyncSession, *, events: Sequence[ContactEvent]) -> None:
    rows = (
        {
            "contact_id": event.contact_id,
            "bureau_id": event.tenant,
            "customer_id": event.customer_id,
            "email": normalised(event.email) if event.email else None,
            "active": not event.ends,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Contact, rows)


async def keep_employees(session: AsyncSession, *, events: Sequence[EmployeeEvent]) -> None:
    rows = (
        {
            "bureau_id": event.tenant,
            "user_id": event.user_id,
            "employee_id": event.employee_id,
            "name": event.name,
            "email": normalised(event.email),
            "language": event.language,
            "active": not event.ends,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Employee, rows)


async def keep_members(session: AsyncSession, *, events: Sequence[MemberEvent]) -> None:
    rows = (
        {
            "account_id": event.account_id,
            "user_id": event.user_id,
            "name": event.name,
            "email": normalised(event.email),
            "language": event.language,
            "role": event.role,
            "active": not event.ends,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Member, rows)


async def keep_collaborations(session: AsyncSession, *, events: Sequence[CollaborationEvent]) -> None:
    rows = (
        {
            "collaboration_id": event.collaboration_id,
            "bureau_id": event.tenant,
            "customer_id": event.customer_id,
            "account_id": event.account_id,
            "active": not event.ends,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Collaboration, rows)


async def keep_readings(session: AsyncSession, *, events: Sequence[CaseRead]) -> None:
    rows = (
        {
            "case_id": event.case_id,
            "user_id": event.actor_id,
            "bureau_id": event.tenant,
            "read_at": event.time,
            "sequence": event.sequence,
        }
        for event in events
        if event.actor_id is not None
    )
    await keep_newer(session, CaseReading, rows)


async def forget_readings(session: AsyncSession, *, at: datetime) -> None:
    await session.execute(delete(CaseReading).where(CaseReading.read_at < at - READINGS_KEPT_FOR))
