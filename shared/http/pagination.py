"""Lists on the wire: `{"items": […], "next": "<cursor>"|null}`."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from shared.database.keyset import LARGEST_PAGE, PageRequest, read_cursor, write_cursor

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None


def page_request(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> PageRequest:
    return PageRequest(limit=limit, after=None if cursor is None else read_cursor(cursor))


Paging = Annotated[PageRequest, Depends(page_request)]


def page(
    rows: Sequence[Any], paging: PageRequest, *, out: Callable[[Any], T], key: Callable[[Any], Sequence[Any]]
) -> Page[T]:
    """`key` gives the values of keyset's columns for the last row shown."""
    shown = rows[: paging.limit]
    more = len(rows) > paging.limit
    following = write_cursor(key(shown[-1])) if more else None
    return Page(items=[out(row) for row in shown], next=following)
