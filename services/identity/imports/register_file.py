"""A register file: CSV with comma or semicolon, in UTF-8 or Windows-1252, with any line ends."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.identity.imports.errors import (
    EmptyFile,
    MissingColumn,
    TooManyColumns,
    TooManyLines,
    WrongEncoding,
)
from shared.errors import FieldError

COLUMNS = (
    "number",
    "name",
    "kind",
    "organisation_number",
    "street",
    "postal_code",
    "city",
    "country",
    "contact_name",
    "contact_email",
    "contact_phone",
    "responsible_email",
    "active",
)
# A quote that is never closed may not swallow the rest of the file.
LONGEST_RECORD = 20
MOST_COLUMNS = 100
MOST_RECORDS = 100_000
# With blank ones and those within quotes.
MOST_LINES = 2 * MOST_RECORDS
# In one line, also within quotes: reading a line can't be interrupted.
MOST_DELIMITERS = 5_000
# Of a cell that is longer than any may be, its beginning is enough to refuse it.
LONGEST_CELL = 1_000
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass
class RegisterFile:
    """`records`: for each line `{"line", "cells"}`, the cells in the order of COLUMNS, or `{"line", "code"}`
    where it can't be read. `line` is counted as text editors do, the header being 1."""

    records: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)


def read_register(body: bytes | bytearray) -> RegisterFile:
    """Raises EmptyFile, WrongEncoding, MissingColumn, TooManyColumns or TooManyLines for a file that is no
    register."""
    text = decode(body)
    if text.count("\n") >= MOST_LINES:
        raise TooManyLines(limit=MOST_LINES)
    lines = text.split("\n")
    header_line, delimiter, header = _header(lines)
    places = _places(header)
    file = RegisterFile()
    for name in header:
        if name and name not in COLUMNS:
            file.warnings.append({"line": header_line, "code": "unknown_column", "value": name[:100]})
    numbers: set[str] = set()
    for line, cells in _records(lines, after=header_line, delimiter=delimiter):
        if len(file.records) == MOST_RECORDS:
            raise TooManyLines(limit=MOST_RECORDS)
        if cells is None or len(cells) < len(header) or any(cells[len(header) :]):
            file.records.append({"line": line, "code": "line_unreadable"})
            continue
        if _NO_TEXT.search("".join(cells)):
            file.records.append({"line": line, "code": "line_no_text"})
            continue
        chosen = [" ".join(cells[place][:LONGEST_CELL].split()) for place in places]
        if chosen[0] in numbers:
            file.records.append({"line": line, "code": "number_repeated"})
        else:
            file.records.append({"line": line, "cells": chosen})
        numbers.update(filter(None, chosen[:1]))
    return file


def decode(body: bytes | bytearray) -> str:
    """The text, with line ends as they are in Unix."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        if body.startswith(codecs.BOM_UTF8):
            raise WrongEncoding from None
        text = _decode_windows(body)
    if not text.strip():
        raise EmptyFile
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_windows(body: bytes | bytearray) -> str:
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:
        raise WrongEncoding from None


def _header(lines: Sequence[str]) -> tuple[int, str, list[str]]:
    """(its line, the delimiter, the names of the columns)"""
    first = next(place for place, line in enumerate(lines) if line.strip())
    delimiter = max(";,", key=lines[first].count)
    # Counted before it is read: a quoted delimiter in it is none that a register has.
    if lines[first].count(delimiter) >= MOST_COLUMNS:
        raise TooManyColumns(limit=MOST_COLUMNS)
    _, cells = _read(lines, first, delimiter)
    names = [cell.strip().casefold() for cell in cells or []]
    # Where the header is none either, the file is of another kind as a whole.
    seen = lines[first] if set(COLUMNS) & set(names) else "".join(lines[first : first + LONGEST_RECORD])
    if _NO_TEXT.search(seen):
        raise WrongEncoding
    return first + 1, delimiter, names


def _places(header: Sequence[str]) -> list[int]:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        errors = [
            FieldError(name, "missing_column", en="Add this column.", sv="Lägg till kolumnen.")
            for name in missing
        ]
        raise MissingColumn(columns=", ".join(missing), errors=errors)
    return [header.index(name) for name in COLUMNS]


def _records(lines: Sequence[str], *, after: int, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """(the line it begins on, its cells), without blank lines; None for cells that can't be read."""
    place = after
    while place < len(lines):
        taken, cells = _read(lines, place, delimiter)
        if cells is None or any(cell.strip() for cell in cells):
            yield place + 1, cells
        place += taken


def _read(lines: Sequence[str], place: int, delimiter: str) -> tuple[int, list[str] | None]:
    """The record that begins on this line: how many lines it takes, and its cells."""
    reader = csv.reader(_upcoming(lines, place, delimiter), delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        return 1, None
    return reader.line_num, cells


def _upcoming(lines: Sequence[str], place: int, delimiter: str) -> Iterator[str]:
    for line in lines[place : place + LONGEST_RECORD]:
        if line.count(delimiter) > MOST_DELIMITERS:
            raise csv.Error("too many delimiters")
        yield f"{line}\n"
