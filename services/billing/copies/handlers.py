from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.copies import commands
from shared.bus.handlers import Handlers
from shared.events.identity import BureauEvent, CustomerEvent

handlers = Handlers("billing")


@handlers.on_batch(CustomerEvent, queue="track-customer")
async def track_customer(events: Sequence[CustomerEvent], session: AsyncSession) -> None:
    await commands.keep_history(session, events=events)


@handlers.on_batch(BureauEvent, queue="track-bureau")
async def track_bureau(events: Sequence[BureauEvent], session: AsyncSession) -> None:
    await commands.keep_bureaus(session, events=events)
