"""Forgetting what nobody asks for any more."""

from services.notifications.cases.commands import forget_bursts
from services.notifications.partners.commands import forget_events
from shared.clock import utcnow
from shared.db import Database


async def forget_old(database: Database) -> None:
    async with database.transaction() as session:
        await forget_bursts(session, at=utcnow())
        await forget_events(session)
