"""Lists: `{"items": […], "next": "<cursor>"|null}`, keyset paged, the same cost at any depth."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from shared.encoding import decode, encode
from shared.errors import InvalidCursor

T = TypeVar("T")
LARGEST_PAGE = 200


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None


class PageRequest(BaseModel):
    limit: int
    after: list[Any] | None


def page_request(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> PageRequest:
    return PageRequest(limit=limit, after=None if cursor is None else _read(cursor))


Paging = Annotated[PageRequest, Depends(page_request)]


def keyset(
    statement: Select[Any],
    paging: PageRequest,
    *columns: InstrumentedAttribute[Any],
    descending: bool = False,
) -> Select[Any]:
    """Order by `columns` (the last one unique) and go on after the cursor; fetches one row too many."""
    if paging.after is not None:
        if len(paging.after) != len(columns):
            raise InvalidCursor
        try:
            last = [_typed(column, value) for column, value in zip(columns, paging.after, strict=True)]
        except (ValueError, TypeError) as error:
            raise InvalidCursor from error
        here, there = tuple_(*columns), tuple_(*last)
        statement = statement.where(here < there if descending else here > there)
    ordered = [column.desc() if descending else column.asc() for column in columns]
    return statement.order_by(*ordered).limit(paging.limit + 1)


def page(
    rows: Sequence[Any], paging: PageRequest, *, out: Callable[[Any], T], key: Callable[[Any], Sequence[Any]]
) -> Page[T]:
    """`key` gives the values of keyset's columns for the last row shown."""
    shown = rows[: paging.limit]
    more = len(rows) > paging.limit
    following = _write(key(shown[-1])) if more else None
    return Page(items=[out(row) for row in shown], next=following)


def _write(values: Sequence[Any]) -> str:
    return encode(orjson.dumps(list(values), default=str))


def _read(cursor: str) -> list[Any]:
    try:
        values = orjson.loads(decode(cursor))
    except ValueError as error:
        raise InvalidCursor from error
    if not isinstance(values, list):
        raise InvalidCursor
    return values


def _typed(column: InstrumentedAttribute[Any], value: Any) -> Any:
    kind = column.type.python_type
    if kind is UUID:
        return UUID(value)
    if hasattr(kind, "fromisoformat"):
        return kind.fromisoformat(value)
    if not isinstance(value, kind):
        raise TypeError(kind)
    return value
