"""New rows of several tables in one round trip, by one statement that is prepared once."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncSession

NewRow = Mapping[str, Any]


class Insertion:
    """Inserts into these tables. Rows have a value for each column: no default is filled in by Python, and
    a column that is left out becomes null."""

    def __init__(self, *tables: Table) -> None:
        self.tables = tables
        self._statement = text(f"with {', '.join(map(_into, tables))} select")

    async def write(self, session: AsyncSession, rows: Mapping[Table, Iterable[NewRow]]) -> None:
        # The driver's own UUIDs are a subclass that orjson does not know.
        written = {
            table.name: orjson.dumps(list(rows.get(table, ())), default=str).decode() for table in self.tables
        }
        await session.execute(self._statement, written)


def _into(table: Table) -> str:
    """By name: the previous release writes while a migration has added a column."""
    names = ", ".join(column.name for column in table.columns)
    rows = f"jsonb_populate_recordset(null::{table.name}, cast(:{table.name} as jsonb))"
    return f"new_{table.name} as (insert into {table.name} ({names}) select {names} from {rows})"  # noqa: S608 - ours
