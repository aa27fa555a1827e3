"""New rows of several tables in one round trip, by one statement that is prepared once."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import orjson
from sqlalchemy import Column, DefaultClause, Table, literal, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from shared.database.defaults import defaults_of

NewRow = Mapping[str, Any]


class Insertion:
    """Inserts into these tables. A column that a row leaves out gets its default, or null without one."""

    def __init__(self, *kinds: type[DeclarativeBase] | Table) -> None:
        self.tables = [each if isinstance(each, Table) else _table_of(each) for each in kinds]
        self._columns = {table: tuple(table.columns.keys()) for table in self.tables}
        self._statement = text(f"with {', '.join(map(_into, self.tables))} select")

    async def write(self, session: AsyncSession, rows: Mapping[Table, Iterable[NewRow]]) -> None:
        written = {}
        for table in self.tables:
            complete = defaults_of(table).complete
            # The driver's own UUIDs are a subclass that orjson does not know.
            wire = orjson.dumps([complete(row) for row in rows.get(table, ())], default=str)
            written[table.name] = wire.decode()
        await session.execute(self._statement, written)

    async def store(self, session: AsyncSession, rows: Iterable[DeclarativeBase]) -> None:
        """Insert these rows, which no session may hold."""
        values: dict[Table, list[NewRow]] = {table: [] for table in self.tables}
        for row in rows:
            table, given = _table_of(type(row)), vars(row)
            values[table].append({name: given[name] for name in self._columns[table] if name in given})
        await self.write(session, values)


def _table_of(kind: type[DeclarativeBase]) -> Table:
    return cast(Table, kind.__table__)


def _into(table: Table) -> str:
    """The columns are named, because a migration may have added others that this release does not know."""
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(map(_value, table.columns))
    rows = f"jsonb_populate_recordset(null::{table.name}, cast(:{table.name} as jsonb))"
    return f"new_{table.name} as (insert into {table.name} ({names}) select {values} from {rows})"  # noqa: S608 - ours


def _value(column: Column[Any]) -> str:
    """The row's value, or else the default that the database has for the column."""
    if not isinstance(column.server_default, DefaultClause):
        return column.name
    default = column.server_default.arg
    written = literal(default) if isinstance(default, str) else default
    sql = str(written.compile(compile_kwargs={"literal_binds": True}))
    # `text` would take a colon for the beginning of a parameter.
    return f"coalesce({column.name}, {sql})".replace(":", "\\:")
