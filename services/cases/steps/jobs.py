from services.cases.case.tables import REOPENABLE
from services.cases.steps import commands, queries
from shared.clock import utcnow
from shared.database.engine import Database


async def close_resolved(database: Database) -> None:
    """Close the resolved cases that their customers can no longer reopen."""
    at = utcnow()
    async with database.transaction() as session:
        due = await queries.list_resolved_before(session, at - REOPENABLE)
    for bureau_id, case_id in due:
        async with database.transaction(bureau_id=bureau_id) as session:
            await commands.close_resolved_case(session, bureau_id=bureau_id, case_id=case_id, at=at)
