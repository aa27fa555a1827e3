"""New rows have the defaults of their columns, whoever forgot to name them."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import MetaData, Table, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from arende.databases import Databases
from shared.database.defaults import with_defaults
from shared.database.engine import Database
from shared.database.insertion import Insertion
from shared.database.tables import TYPES
from shared.ids import uuid7


class Row(DeclarativeBase):
    """A base of its own: what is declared here is no table of the product."""

    registry = registry(metadata=MetaData(), type_annotation_map=TYPES, constructor=with_defaults)


class Thing(Row):
    """As a table is after a release has added columns to it that older code does not name."""

    __tablename__ = "things"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="new")
    labels: Mapped[list[str]] = mapped_column(default=list)
    archived: Mapped[bool] = mapped_column(server_default=text("false"))
    colour: Mapped[str] = mapped_column(server_default="it's :red")
    since: Mapped[date | None] = mapped_column(server_default=text("date '2026-01-01'"))


TABLE = Thing.__table__
DEFAULTS: tuple[object, ...] = ("new", [], False, "it's :red", date(2026, 1, 1))


@pytest.fixture
async def session(databases: Databases) -> AsyncIterator[AsyncSession]:
    """A transaction that has the table, and leaves nothing."""
    owner = Database(databases.url("cases", "owner"), name="tests", pool=1)
    async with owner.sessions() as session:
        connection = await session.connection()
        await connection.run_sync(Row.metadata.create_all)
        yield session
    await owner.close()


async def stored(session: AsyncSession) -> list[tuple[object, ...]]:
    rows = await session.execute(text("select state, labels, archived, colour, since, note from things"))
    return [tuple(row) for row in rows]


def test_a_new_row_has_its_defaults_before_it_is_stored() -> None:
    first, second = Thing(id=uuid7(), name="a"), Thing(id=uuid7(), name="b", state="old")
    assert (first.state, first.labels) == ("new", [])
    assert second.state == "old"
    assert first.labels is not second.labels
    with pytest.raises(TypeError, match="no column nmae"):
        Thing(id=uuid7(), nmae="a")


async def test_what_a_row_leaves_out_gets_its_default(session: AsyncSession) -> None:
    await Insertion(Thing).store(session, [Thing(id=uuid7(), name="a")])
    assert isinstance(TABLE, Table)
    await Insertion(TABLE).write(session, {TABLE: [{"id": uuid7(), "name": "b"}]})
    assert await stored(session) == [(*DEFAULTS, None)] * 2


async def test_what_a_row_says_stands(session: AsyncSession) -> None:
    said = {"state": "old", "labels": ["x"], "archived": True, "colour": "blue", "note": "n"}
    await Insertion(Thing).store(session, [Thing(id=uuid7(), name="a", since=date(2025, 2, 3), **said)])
    assert await stored(session) == [("old", ["x"], True, "blue", date(2025, 2, 3), "n")]


async def test_a_column_without_a_default_is_not_silently_null(session: AsyncSession) -> None:
    with pytest.raises(IntegrityError, match="name"):
        await Insertion(Thing).store(session, [Thing(id=uuid7())])
