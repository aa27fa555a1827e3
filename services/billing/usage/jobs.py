from services.billing.usage import commands
from shared.clock import utcnow
from shared.database.engine import Database


async def count_months(database: Database) -> None:
    async with database.transaction() as session:
        await commands.count_months(session, at=utcnow())
