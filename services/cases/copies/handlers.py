"""The copies of those whom a case concerns."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.copies import commands
from shared.bus.handlers import Handlers
from shared.events.identity import (
    ContactAdded,
    ContactChanged,
    ContactEvent,
    ContactRemoved,
    CustomerChanged,
    CustomerDeactivated,
    CustomerEvent,
    CustomerReactivated,
    CustomerRegistered,
    EmployeeAdded,
    EmployeeChanged,
    EmployeeDeactivated,
    EmployeeEvent,
    MemberAdded,
    MemberEvent,
    MemberRemoved,
    MemberRoleChanged,
)
from shared.events.invitations import CollaborationEnded, CollaborationOpened

handlers = Handlers("cases")


@handlers.on_batch(
    CustomerRegistered, CustomerChanged, CustomerDeactivated, CustomerReactivated, queue="track-customers"
)
async def track_customers(events: Sequence[CustomerEvent], session: AsyncSession) -> None:
    await commands.keep_customers(session, events=events)


@handlers.on_batch(ContactAdded, ContactChanged, ContactRemoved, queue="track-contacts")
async def track_contacts(events: Sequence[ContactEvent], session: AsyncSession) -> None:
    await commands.keep_contacts(session, events=events)


@handlers.on_batch(MemberAdded, MemberRoleChanged, MemberRemoved, queue="track-members")
async def track_members(events: Sequence[MemberEvent], session: AsyncSession) -> None:
    await commands.keep_members(session, events=events)


@handlers.on_batch(EmployeeAdded, EmployeeChanged, EmployeeDeactivated, queue="track-employees")
async def track_employees(events: Sequence[EmployeeEvent], session: AsyncSession) -> None:
    await commands.keep_employees(session, events=events)


@handlers.on_batch(CollaborationOpened, queue="open-collaboration")
async def open_collaboration(events: Sequence[CollaborationOpened], session: AsyncSession) -> None:
    await commands.keep_collaborations(session, events=events)


@handlers.on_batch(CollaborationEnded, queue="end-collaboration")
async def end_collaboration(events: Sequence[CollaborationEnded], session: AsyncSession) -> None:
    await commands.keep_collaborations(session, events=events)
