from services.billing.subscriptions.commands import BATCH, end_subscriptions
from shared.clock import utcnow
from shared.database.engine import Database


async def end_cancelled(database: Database) -> None:
    ended = BATCH
    while ended == BATCH:
        async with database.transaction() as session:
            ended = await end_subscriptions(session, at=utcnow())
