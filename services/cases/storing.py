"""A new case and all that begins with it, in one statement."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.answers.tables import Approval, Item
from services.cases.tables import Case, Participant, Row
from services.cases.timeline.tables import Entry
from shared.database.insertion import Insertion, NewRow

KINDS: tuple[type[Row], ...] = (Case, Participant, Item, Approval, Entry)
_TABLES = {kind: cast(Table, kind.__table__) for kind in KINDS}
_COLUMNS = {kind: tuple(table.columns.keys()) for kind, table in _TABLES.items()}
_STORE = Insertion(*_TABLES.values())


async def store(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Rows that no session holds, with every column set."""
    values: dict[Table, list[NewRow]] = {table: [] for table in _TABLES.values()}
    for row in rows:
        values[_TABLES[type(row)]].append({name: getattr(row, name) for name in _COLUMNS[type(row)]})
    await _STORE.write(session, values)
