"""A cursor holds what the list's columns can hold, or it is refused."""

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database.cursors import InvalidCursor, read_cursor, write_cursor
from shared.database.keyset import PageRequest, keyset
from shared.encoding import encode
from shared.ids import uuid7


class Base(DeclarativeBase): ...


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    number: Mapped[int]
    day: Mapped[date]
    at: Mapped[datetime]


def begin_after(column: str, value: Any) -> None:
    paging = PageRequest(limit=1, after=read_cursor(write_cursor([value], of="things"), of="things"))
    keyset(select(Thing), paging, getattr(Thing, column))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", uuid7()),
        ("name", "Åke"),
        ("number", 7),
        ("day", date(2026, 11, 24)),
        ("at", datetime(2026, 11, 24, 9, 30, tzinfo=UTC)),
    ],
)
def test_what_a_list_gave_out_is_read(column: str, value: Any) -> None:
    begin_after(column, value)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *itertools.product(("id", "day", "at"), (1, None, True, [], {}, "x", 0.5)),
        *[("name", value) for value in (1, None, ["a"], "a\x00b")],
        *[("number", value) for value in (True, "1", 1.0, None, 2**31, -(2**63))],
        ("at", "2026-11-24T09:30:00"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_no_list_can_have_given_out_is_refused(column: str, value: Any) -> None:
    with pytest.raises(InvalidCursor):
        begin_after(column, value)


@pytest.mark.parametrize("text", ["", "å", encode(b"{}"), encode(b"[1"), encode(b'["\\ud800"]')])
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        read_cursor(text, of="things")


def test_a_cursor_of_another_list_is_refused() -> None:
    paging = PageRequest(limit=1, after=["a", "b"])
    with pytest.raises(InvalidCursor):
        keyset(select(Thing), paging, Thing.name)
