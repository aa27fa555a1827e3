"""The public events, which are kept for partners."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.partner_feed import commands
from services.notifications.partner_feed.documents import PUBLIC
from shared.bus.handlers import Handlers
from shared.events import Event

handlers = Handlers("notifications")


@handlers.on_batch(*PUBLIC.values(), queue="keep-for-partners", copies=False)
async def keep_for_partners(events: Sequence[Event], session: AsyncSession) -> None:
    await commands.keep_events(session, events=events)
