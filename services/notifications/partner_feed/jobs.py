"""Timed work about the partner feed."""

from services.notifications.partner_feed import commands
from shared.database.engine import Database


async def forget_events(database: Database) -> None:
    async with database.transaction() as session:
        await commands.forget_events(session)
