"""Statements that are made once as text."""

from uuid import UUID

import pytest
from sqlalchemy import Uuid, bindparam, literal_column, select

from arende.databases import Databases
from shared.database.engine import Database
from shared.database.prepared import prepared
from shared.ids import uuid7


async def test_a_prepared_statement_takes_its_named_parameters(databases: Databases) -> None:
    statement = prepared(select(bindparam("wanted", type_=Uuid()), literal_column("'a'::text || ' :b'")))
    database = Database(databases.url("cases", "api"), name="tests", pool=1)
    for wanted in (uuid7(), uuid7()):
        async with database.transaction() as session:
            row = (await session.execute(statement, {"wanted": wanted})).one()
        assert (UUID(str(row[0])), row[1]) == (wanted, "a :b")
    await database.close()


def test_a_value_that_would_be_lost_is_refused() -> None:
    with pytest.raises(ValueError, match="not named parameters: limit"):
        prepared(select(literal_column("1")).where(literal_column("1") == bindparam("limit", 3)))
