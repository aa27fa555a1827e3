"""Reactions to events, each one call to a command."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices.commands import keep_bureaus
from services.billing.usage.commands import keep_history
from shared.bus.access import include_access
from shared.bus.handlers import Handlers
from shared.events.identity import (
    BureauRegistered,
    CustomerChanged,
    CustomerDeactivated,
    CustomerEvent,
    CustomerReactivated,
    CustomerRegistered,
)

handlers = Handlers("billing")
include_access(handlers)


@handlers.on_batch(
    CustomerRegistered, CustomerChanged, CustomerDeactivated, CustomerReactivated, queue="track-customer"
)
async def track_customer(events: Sequence[CustomerEvent], session: AsyncSession) -> None:
    await keep_history(session, events)


@handlers.on_batch(BureauRegistered, queue="track-bureau")
async def track_bureau(events: Sequence[BureauRegistered], session: AsyncSession) -> None:
    await keep_bureaus(session, events)
