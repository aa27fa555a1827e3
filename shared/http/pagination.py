"""Lists on the wire: `{"items": […], "next": "<cursor>"|null}`."""

import zlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.database.cursors import InvalidCursor, WrongCursor, read_cursor, write_cursor
from shared.database.keyset import LARGEST_PAGE, PageRequest
from shared.http.route import refuses

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[T]
    """At most `limit` of them, in the order of the list."""
    next: str | None
    """The `cursor` of the page that follows; null on the last one."""


Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="The largest number of items in one page.")]
Cursor = Annotated[
    str,
    Field(max_length=2000, description="`next` of the page before; without it the list begins at its start."),
]


@refuses(InvalidCursor, WrongCursor)
def page_request(
    request: Request,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor | None, Query()] = None,
) -> PageRequest:
    of = _list_of(request)
    return PageRequest(limit=limit, after=None if cursor is None else read_cursor(cursor, of=of), of=of)


def _list_of(request: Request) -> str:
    """Short, and the same for each page of a list in one order."""
    told = f"{request.scope['route'].path} {request.query_params.get('sort', '')}"
    return f"{zlib.crc32(told.encode()):08x}"


Paging = Annotated[PageRequest, Depends(page_request)]


def page(
    rows: Sequence[Any], paging: PageRequest, *, out: Callable[[Any], T], key: Callable[[Any], Sequence[Any]]
) -> Page[T]:
    """`key` gives the values of keyset's columns for the last row shown."""
    shown = rows[: paging.limit]
    more = len(rows) > paging.limit
    following = write_cursor(key(shown[-1]), of=paging.of) if more else None
    return Page(items=[out(row) for row in shown], next=following)
