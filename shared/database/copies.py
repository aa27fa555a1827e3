"""Keeping a copy of another service's facts, whatever order the events come in."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, case, func, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


async def keep_newer(
    session: AsyncSession, kind: type[DeclarativeBase] | Table, rows: Iterable[dict[str, Any]]
) -> None:
    """Insert each row, or replace the row with the same primary key if that one's `sequence` is lower.

    Of several rows with one key only the newest is written. Rows are written in the order of their keys, so
    that two workers with the same rows wait for each other and don't end in a deadlock.

    What is republished repairs the copy: it also replaces a row of the same `sequence` that differs. A column
    that it does not tell keeps its value then.
    """
    table = kind if isinstance(kind, Table) else kind.__table__
    keys = [column.name for column in table.primary_key]
    newest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda each: int(each["sequence"])):
        newest[tuple(row[key] for key in keys)] = row
    if not newest:
        return
    statement = insert(kind)
    fresh = statement.excluded
    columns = [column for column in table.c if column.name not in keys]
    values: dict[str, Any] = {column.name: fresh[column.name] for column in columns}
    newer = fresh.sequence > table.c.sequence
    if session.info.get("republished"):
        known = {column.name: case((fresh.sequence == table.c.sequence, column)) for column in columns}
        values = {name: func.coalesce(value, known[name]) for name, value in values.items()}
        differs = tuple_(*values.values()).is_distinct_from(tuple_(*columns))
        newer |= (fresh.sequence == table.c.sequence) & differs
    await session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=values, where=newer),
        [newest[key] for key in sorted(newest)],
    )
