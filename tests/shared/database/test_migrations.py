"""What migrations of several services have in common."""

import asyncio
from typing import Any
from uuid import UUID

import alembic.command
import pytest
from sqlalchemy import text

from arende.databases import Databases
from shared.bus import dead_letters
from shared.database import migrations
from shared.database.engine import Database
from shared.ids import uuid7

OLD, NEW = "notifications.track-employees", "notifications.track-employee"


@pytest.fixture
def database(databases: Databases) -> Any:
    database = Database(databases.url("notifications", "worker"), name="tests", pool=1)
    yield database
    asyncio.run(database.close())


async def _keep(database: Database, queue: str, event_id: UUID | None) -> None:
    async with database.transaction() as session:
        await dead_letters.keep(
            session,
            queue=queue,
            body=f"{queue} {event_id}".encode(),
            event_id=event_id,
            event_type="se.arende.employee.changed.v1",
            error=RuntimeError(),
            wait=None,
        )


async def _kept(database: Database) -> list[tuple[str, UUID | None]]:
    async with database.transaction() as session:
        rows = await session.execute(
            text("select queue, event_id from dead_letters where queue in (:old, :new)"),
            {"old": OLD, "new": NEW},
        )
        return [(row.queue, row.event_id) for row in rows]


def test_dead_letters_follow_their_queue_to_its_new_name(databases: Databases, database: Database) -> None:
    once, twice = uuid7(), uuid7()
    config = migrations.config_for("notifications", databases.url("notifications", "owner"))
    alembic.command.downgrade(config, "0002")

    async def before() -> None:
        await _keep(database, OLD, None)
        for queue, event_id in ((OLD, once), (OLD, twice), (NEW, twice)):
            await _keep(database, queue, event_id)
        await database.engine.dispose()

    asyncio.run(before())
    alembic.command.upgrade(config, "head")

    async def after() -> list[tuple[str, UUID | None]]:
        kept = await _kept(database)
        async with database.transaction() as session:
            await session.execute(text("delete from dead_letters where queue = :new"), {"new": NEW})
        await database.engine.dispose()
        return kept

    assert sorted(asyncio.run(after()), key=str) == sorted([(NEW, None), (NEW, once), (NEW, twice)], key=str)
