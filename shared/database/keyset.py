"""Keyset paging: a page begins after the last row of the page before, and costs the same at any depth."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from shared.database.cursors import InvalidCursor

LARGEST_PAGE = 200


@dataclass(frozen=True)
class PageRequest:
    """At most `limit` rows of the list `of`, after the row whose key values are `after`."""

    limit: int
    after: list[Any] | None
    of: str = ""


def keyset(
    statement: Select[Any],
    paging: PageRequest,
    *columns: InstrumentedAttribute[Any],
    descending: bool = False,
) -> Select[Any]:
    """Order by `columns`, of which the last must be unique, and begin after the cursor. The statement reads
    one row more than the page has, so that the caller knows whether there are more. Raises InvalidCursor."""
    if paging.after is not None:
        if len(paging.after) != len(columns):
            raise InvalidCursor
        last = [_typed(column, value) for column, value in zip(columns, paging.after, strict=True)]
        here, there = tuple_(*columns), tuple_(*last)
        statement = statement.where(here < there if descending else here > there)
    ordered = [column.desc() if descending else column.asc() for column in columns]
    return statement.order_by(*ordered).limit(paging.limit + 1)


def _typed(column: InstrumentedAttribute[Any], value: Any) -> Any:
    """The value that `write_cursor` made text of. Raises InvalidCursor for one that the column can't hold."""
    kind = column.type.python_type
    parse = _FROM_TEXT.get(kind)
    if type(value) is not (str if parse else kind):
        raise InvalidCursor
    try:
        typed = parse(value) if parse else value
    except ValueError as error:
        raise InvalidCursor from error
    if not _storable(column, typed):
        raise InvalidCursor
    return typed


_FROM_TEXT: dict[type, Callable[[str], Any]] = {
    UUID: UUID,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


def _storable(column: InstrumentedAttribute[Any], value: Any) -> bool:
    """False for what the database, or the conversion to UTC on the way to it, would fail on."""
    if isinstance(value, str):
        return "\x00" not in value
    if isinstance(value, datetime):
        return value.tzinfo is not None and 1 < value.year < 9999
    if type(value) is int:
        bits = 63 if isinstance(column.type, BigInteger) else 31
        return bool(-(2**bits) <= value < 2**bits)
    return True
