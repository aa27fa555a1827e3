"""The copies' reactions."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies import commands
from shared.bus.handlers import Handlers
from shared.events.identity import (
    BureauRegistered,
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

handlers = Handlers("notifications")


@handlers.on_batch(BureauRegistered, queue="track-bureau")
async def track_bureau(events: Sequence[BureauRegistered], session: AsyncSession) -> None:
    await commands.keep_bureaus(session, events)


@handlers.on_batch(
    CustomerRegistered, CustomerChanged, CustomerDeactivated, CustomerReactivated, queue="track-customer"
)
async def track_customer(events: Sequence[CustomerEvent], session: AsyncSession) -> None:
    await commands.keep_customers(session, events)


@handlers.on_batch(EmployeeAdded, EmployeeChanged, EmployeeDeactivated, queue="track-employees")
async def track_employees(events: Sequence[EmployeeEvent], session: AsyncSession) -> None:
    await commands.keep_employees(session, events)


@handlers.on_batch(MemberAdded, MemberRoleChanged, MemberRemoved, queue="track-members")
async def track_members(events: Sequence[MemberEvent], session: AsyncSession) -> None:
    await commands.keep_members(session, events)
