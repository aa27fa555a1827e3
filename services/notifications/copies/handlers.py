"""The events that keep the copies up to date."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies import commands
from shared.bus.handlers import Handlers
from shared.events.cases import CaseRead
from shared.events.identity import BureauEvent, ContactEvent, CustomerEvent, EmployeeEvent, MemberEvent
from shared.events.invitations import CollaborationEvent

handlers = Handlers(
    "notifications", retired={"track-employees": "track-employee", "track-members": "track-member"}
)


@handlers.on_batch(BureauEvent, queue="track-bureau")
async def track_bureau(events: Sequence[BureauEvent], session: AsyncSession) -> None:
    await commands.keep_bureaus(session, events=events)


@handlers.on_batch(CustomerEvent, queue="track-customer")
async def track_customer(events: Sequence[CustomerEvent], session: AsyncSession) -> None:
    await commands.keep_customers(session, events=events)


@handlers.on_batch(ContactEvent, queue="track-contact")
async def track_contact(events: Sequence[ContactEvent], session: AsyncSession) -> None:
    await commands.keep_contacts(session, events=events)


@handlers.on_batch(EmployeeEvent, queue="track-employee")
async def track_employee(events: Sequence[EmployeeEvent], session: AsyncSession) -> None:
    await commands.keep_employees(session, events=events)


@handlers.on_batch(MemberEvent, queue="track-member")
async def track_member(events: Sequence[MemberEvent], session: AsyncSession) -> None:
    await commands.keep_members(session, events=events)


@handlers.on_batch(CollaborationEvent, queue="track-collaboration")
async def track_collaboration(events: Sequence[CollaborationEvent], session: AsyncSession) -> None:
    await commands.keep_collaborations(session, events=events)


@handlers.on_batch(CaseRead, queue="track-reading")
async def track_reading(events: Sequence[CaseRead], session: AsyncSession) -> None:
    await commands.keep_readings(session, events=events)
