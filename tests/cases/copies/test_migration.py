"""What an installation has copied before keeps its meaning under the new names."""

import asyncio
from collections.abc import Iterator

import alembic.command
import asyncpg
import pytest
from sqlalchemy import make_url

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from shared.database import migrations
from shared.ids import uuid7

NAME = "cases_before_the_move"
FILL = """
insert into contacts (id, bureau_id, sequence, customer_id, name, email, removed)
values (gen_random_uuid(), '{bureau}', 1, gen_random_uuid(), 'Karin', 'karin@xn--kpman-jua.example', false),
    (gen_random_uuid(), '{bureau}', 1, gen_random_uuid(), 'Nils', null, true);
insert into members (account_id, user_id, sequence, name, email, removed)
values (gen_random_uuid(), gen_random_uuid(), 1, 'Karin', 'karin@köpman.example', false);
insert into collaborations (id, bureau_id, sequence, customer_id, account_id, ended_at)
values (gen_random_uuid(), '{bureau}', 1, '{bureau}', gen_random_uuid(), null),
    (gen_random_uuid(), '{bureau}', 2, gen_random_uuid(), gen_random_uuid(), now());
insert into dead_letters (id, queue, type, body, cause, error, attempts, state)
values (gen_random_uuid(), 'cases.end-collaboration', 'x', 'x', 'refused', 'x', 1, 'parked');
"""


async def _run(url: str, *statements: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return list(await connection.fetch(statements[-1]))
    finally:
        await connection.close()


@pytest.fixture
def moved(postgres: PostgresServer, databases: Databases) -> Iterator[str]:
    """The URL of a database that was filled before the migration, and then migrated."""
    admin = f"{postgres.url}/postgres"
    asyncio.run(_run(admin, f"create database {NAME} owner arende_cases_owner", "select"))
    owner = make_url(databases.url("cases", "owner")).set(database=NAME)
    config = migrations.config_for("cases", owner.render_as_string(hide_password=False))
    alembic.command.upgrade(config, "0003")
    filled = f"{postgres.url}/{NAME}"
    asyncio.run(_run(filled, FILL.format(bureau=uuid7()), "select"))
    alembic.command.upgrade(config, "head")
    yield filled
    asyncio.run(_run(admin, f"drop database {NAME} with (force)", "select"))


def test_rows_from_before_keep_their_meaning(moved: str) -> None:
    contacts = asyncio.run(_run(moved, "select name, email, active from contacts order by name"))
    assert [tuple(each) for each in contacts] == [
        ("Karin", "karin@köpman.example", True),
        ("Nils", None, False),
    ]
    (member,) = asyncio.run(_run(moved, "select email, active from members"))
    assert tuple(member) == ("karin@köpman.example", True)
    collaborations = asyncio.run(_run(moved, "select active from collaborations order by sequence"))
    assert [each["active"] for each in collaborations] == [True, False]
    (letter,) = asyncio.run(_run(moved, "select queue from dead_letters"))
    assert letter["queue"] == "cases.track-collaboration"
    forced = "select relforcerowsecurity from pg_class where relname = 'contacts'"
    (wall,) = asyncio.run(_run(moved, forced))
    assert wall["relforcerowsecurity"]
