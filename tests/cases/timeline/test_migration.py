"""Timelines from before there were two chains: what was written stays, and the customer's chain is added."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import alembic.command
import asyncpg
import pytest
from sqlalchemy import make_url

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from services.cases.audit.queries import Scope
from services.cases.audit.verification import verify
from shared.database import migrations
from shared.database.engine import Database
from shared.ids import uuid7

NAME = "cases_before_two_chains"
BUREAU, ANNA = uuid7(), uuid7()
AT = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
CASE = """
insert into cases (id, bureau_id, customer_id, account_id, number, type, status, subject, body, approval_rule,
    must_acknowledge, private_to_participants, created_by_side, created_by, follower_ids, priority, labels,
    created_at, updated_at, sent_at, waiting_for_customer_seconds, waiting_for_bureau_seconds,
    changed_by_bureau, changed_by_customer, timeline_length, timeline_hash, version)
values ($1, $2, $2, $2, gen_random_uuid()::text, 'question', 'sent', 'x', 'x', 'one', false, false, $3, $2,
    '{}', 'normal', '{}', $4, $4, $5, 0, 0, 4, 0, $6, $7, 6)
"""
ENTRY = "insert into timeline values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
MARK = "insert into read_marks values ($1, $2, $2, 5, now())"


@dataclass
class Kept:
    """A case of before: its actions, each with whether it was internal, and what the customer's chain has."""

    side: str
    actions: list[tuple[str, bool]]
    shared: list[str]
    sent: bool = True
    id: UUID = field(default_factory=uuid7)


CASES = [
    # A draft's entries are not marked in the oldest of them.
    Kept(
        "bureau",
        [("created", False), ("changed", False), ("sent", False), ("note_added", True), ("read", False)],
        ["sent", "read"],
    ),
    Kept("bureau", [("created", True), ("sent", False), ("resolved", False)], ["sent", "resolved"]),
    Kept("bureau", [("created", True), ("changed", True)], [], sent=False),
    Kept(
        "customer",
        [("created", False), ("note_added", True), ("message_posted", False)],
        ["created", "message_posted"],
    ),
    # More than the migration reads at once.
    Kept(
        "bureau", [("created", True), ("sent", False)] + [("read", False)] * 2100, ["sent"] + ["read"] * 2100
    ),
]


async def fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for case in CASES:
            rows = entries(case)
            sent_at, last = AT if case.sent else None, rows[-1][-1]
            await connection.execute(CASE, case.id, BUREAU, case.side, AT, sent_at, len(rows), last)
            await connection.executemany(ENTRY, rows)
            await connection.execute(MARK, case.id, BUREAU)
    finally:
        await connection.close()


def entries(case: Kept) -> list[tuple[Any, ...]]:
    """As the release before wrote them."""
    rows: list[tuple[Any, ...]] = []
    last = ""
    for position, (action, internal) in enumerate(case.actions, start=1):
        facts = {"räksmörgås": [position, None, "å\n"], "a": "b"}
        content = {
            "case_id": str(case.id),
            "position": position,
            "at": AT.isoformat(),
            "action": action,
            "side": "bureau",
            "user_id": str(ANNA),
            "facts": facts,
            "internal": internal,
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        last = hashlib.sha256((last + canonical).encode()).hexdigest()
        rows.append(
            (case.id, position, BUREAU, AT, action, "bureau", ANNA, json.dumps(facts), internal, last)
        )
    return rows


async def fetch(url: str, sql: str, *values: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def moved(postgres: PostgresServer, databases: Databases) -> Iterator[str]:
    """The URL of a database that was filled before the migration, and then migrated."""
    admin, filled = f"{postgres.url}/postgres", f"{postgres.url}/{NAME}"
    asyncio.run(fetch(admin, f"create database {NAME} owner arende_cases_owner"))
    owner = make_url(databases.url("cases", "owner")).set(database=NAME)
    config = migrations.config_for("cases", owner.render_as_string(hide_password=False))
    alembic.command.upgrade(config, "0007")
    asyncio.run(fill(filled))
    alembic.command.upgrade(config, "head")
    yield filled
    asyncio.run(fetch(admin, f"drop database {NAME} with (force)"))


def test_both_chains_are_whole(moved: str, databases: Databases) -> None:
    worker = make_url(databases.url("cases", "worker")).set(database=NAME)

    async def verified() -> Any:
        database = Database(worker.render_as_string(hide_password=False), name="audit", pool=1)
        found = await verify(database, Scope(bureau_id=BUREAU))
        await database.close()
        return found

    assert asyncio.run(verified()) == (len(CASES), [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.side} {len(case.actions)}")
def test_the_customers_chain_begins_with_the_sending(moved: str, case: Kept) -> None:
    shared = (
        "select shared_position, action from timeline where case_id = $1 and shared_position is not null"
        " order by shared_position"
    )
    chain = [tuple(each) for each in asyncio.run(fetch(moved, shared, case.id))]
    assert chain == list(enumerate(case.shared, start=1))
    columns = "version, shared_version, shared_updated_at, shared_timeline_length"
    (row,) = asyncio.run(fetch(moved, f"select {columns} from cases where id = $1", case.id))  # noqa: S608 - ours
    assert tuple(row) == (6, 6 if case.sent else 0, AT, len(case.shared))
    marks = asyncio.run(fetch(moved, "select version from read_marks where case_id = $1", case.id))
    assert [each["version"] for each in marks] == ([5] if case.sent else [])


def test_the_walls_stand_again(moved: str) -> None:
    forced = "select relname from pg_class where relforcerowsecurity and relname = any($1) order by relname"
    walls = asyncio.run(fetch(moved, forced, ["cases", "timeline", "read_marks"]))
    assert [each["relname"] for each in walls] == ["cases", "read_marks", "timeline"]
