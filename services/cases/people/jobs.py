from uuid import UUID

from sqlalchemy import true

from services.cases.people import commands, queries
from shared.clock import utcnow
from shared.database.engine import Database


async def release_departed(database: Database) -> None:
    """Let all open cases go on without those who can no longer see them. `release-contact` and
    `release-member` do it at once; they did not exist when the earliest of these people left."""
    after = UUID(int=0)
    while True:
        async with database.transaction() as session:
            page = await queries.list_deserted(session, true(), after=after)
        for bureau_id, case_id in page:
            async with database.transaction(bureau_id=bureau_id) as session:
                await commands.release_departed(session, bureau_id=bureau_id, case_id=case_id, at=utcnow())
            after = case_id
        if not page:
            return
