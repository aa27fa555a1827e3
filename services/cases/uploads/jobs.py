import asyncio
from datetime import timedelta
from pathlib import Path

from services.cases.files.queries import list_stored
from services.cases.files.storage import list_marked, settle
from shared.clock import utcnow
from shared.database.engine import Database

# Far longer than a request and its transaction last: what is older is not about to be committed.
UNDECIDED = timedelta(days=1)
BATCH = 500


async def settle_interrupted(database: Database, *, folder: Path) -> None:
    """Remove the contents of uploads that a crash or a rollback has left without a row."""
    marked = await asyncio.to_thread(list_marked, folder, before=utcnow() - UNDECIDED)
    for start in range(0, len(marked), BATCH):
        keys = marked[start : start + BATCH]
        async with database.transaction() as session:
            committed = await list_stored(session, keys)
        await asyncio.to_thread(settle, folder, keys, committed=committed)
