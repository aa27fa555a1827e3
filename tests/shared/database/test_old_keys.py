"""The housekeeping of every worker: keys of `Idempotency-Key` go when they are two days old."""

from typing import Any

from sqlalchemy import text

from arende.registry import SERVICES
from services.billing.settings import Settings
from shared.database.engine import Database
from shared.database.idempotency import forget_old
from shared.worker import FORGOTTEN_AT_ONCE

ADD = text(
    "insert into idempotency_keys (caller, key, request_hash, created_at) select 'old keys', n::text, '',"
    " now() - make_interval(hours => :hours)"
    " from generate_series(cast(:first as integer), cast(:last as integer)) n"
)
LEFT = text("select key from idempotency_keys where caller = 'old keys' order by key")


async def add(database: Database, first: int, last: int, *, hours: int) -> None:
    async with database.transaction() as session:
        await session.execute(ADD, {"first": first, "last": last, "hours": hours})


async def test_old_keys_go_a_bounded_number_at_a_time(common_settings: Any) -> None:
    worker = SERVICES["billing"].worker(Settings(**common_settings("billing")))
    await add(worker.database, 1, 3, hours=47)
    await add(worker.database, 11, FORGOTTEN_AT_ONCE + 20, hours=49)
    async with worker.database.transaction() as session:
        assert await forget_old(session, limit=5) == 5
    housekeeping = next(job for job in worker.jobs if job.name == "housekeeping")
    await housekeeping.run(worker.database)
    async with worker.database.transaction() as session:
        assert (await session.scalars(LEFT)).all() == ["1", "2", "3"]
    await worker.database.close()
