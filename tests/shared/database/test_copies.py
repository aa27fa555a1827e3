"""Keeping the newest state of what another service tells."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import delete, select

from arende.databases import Databases
from shared.database.copies import keep_newer
from shared.database.engine import Database
from shared.database.tables import access
from shared.ids import uuid7


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    database = Database(databases.url("billing", "worker"), name="copies", pool=1)
    yield database
    await database.close()


def states(*sequences: int) -> list[dict[str, Any]]:
    """The states of one hat; the user and the hat are the key."""
    key = {"user_id": uuid7(), "hat_id": uuid7(), "changed_at": datetime(2026, 11, 1, tzinfo=UTC)}
    return [
        {**key, "sequence": sequence, "active": sequence % 2 == 0, "permissions": {"seen": sequence}}
        for sequence in sequences
    ]


async def kept(database: Database, state: dict[str, Any]) -> Any:
    own = access.c.user_id == state["user_id"]
    async with database.transaction() as session:
        (row,) = (await session.execute(select(access).where(own))).all()
        await session.execute(delete(access).where(own))
    return row


async def test_the_newest_state_is_kept_whatever_the_order(database: Database) -> None:
    for order in permutations(states(1, 2, 3)):
        for state in order:
            async with database.transaction() as session:
                await keep_newer(session, access, [state])
        row = await kept(database, order[0])
        assert (row.sequence, row.active, row.permissions) == (3, False, {"seen": 3})


async def test_of_several_states_at_once_the_newest_is_kept(database: Database) -> None:
    for order in permutations(states(1, 2, 3)):
        async with database.transaction() as session:
            await keep_newer(session, access, order)
        assert (await kept(database, order[0])).sequence == 3


async def test_the_same_state_again_changes_nothing(database: Database) -> None:
    (state,) = states(4)
    for permissions in ({"seen": 4}, {"seen": "again"}):
        async with database.transaction() as session:
            await keep_newer(session, access, [{**state, "permissions": permissions}])
    assert (await kept(database, state)).permissions == {"seen": 4}


async def test_what_is_republished_replaces_the_same_state_where_it_differs(database: Database) -> None:
    (state,) = states(4)
    older = {**state, "sequence": 3, "permissions": {"seen": 3}}
    for told, seen in ((state, 4), ({**state, "permissions": {"seen": "now"}}, "now"), (older, "now")):
        async with database.transaction() as session:
            session.info["republished"] = True
            await keep_newer(session, access, [told])
            row = (await session.execute(select(access).where(access.c.user_id == state["user_id"]))).one()
            assert (row.sequence, row.permissions) == (4, {"seen": seen})
    await kept(database, state)


async def test_nothing_to_keep_is_no_statement(database: Database) -> None:
    async with database.transaction() as session:
        await keep_newer(session, access, [])
        assert not session.in_transaction()
