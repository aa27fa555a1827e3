from datetime import datetime

from services.invitations.upkeep import commands
from shared.clock import utcnow
from shared.database.engine import Database


async def expire_overdue(database: Database, *, at: datetime | None = None) -> None:
    at, more = at or utcnow(), 1
    while more:
        async with database.transaction() as session:
            more = await commands.expire_overdue(session, at=at)


async def remind_due(database: Database, *, at: datetime | None = None) -> None:
    at, more = at or utcnow(), 1
    while more:
        async with database.transaction() as session:
            more = await commands.remind_due(session, at=at)
