"""Timed work about the news of cases."""

from services.notifications.case_news import commands
from services.notifications.copies.commands import forget_readings
from shared.clock import utcnow
from shared.database.engine import Database


async def forget_bursts(database: Database) -> None:
    async with database.transaction() as session:
        await commands.forget_bursts(session, at=utcnow())
        await forget_readings(session, at=utcnow())
