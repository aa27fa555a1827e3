"""Files as bureaus' other systems write them."""

import pytest

from services.identity.imports import register_file as limits
from services.identity.imports.errors import (
    EmptyFile,
    MissingColumn,
    TooManyColumns,
    TooManyLines,
    WrongEncoding,
)
from services.identity.imports.lines import LineRejected
from services.identity.imports.register_file import COLUMNS, read_register
from services.identity.imports.schemas import read_line
from shared.errors import ServiceError
from tests.factories.register_files import HEADER, line, register_file

TEXT = "\r\n".join([HEADER, line("1", name="Örebro Motor AB"), line("2")])


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(HEADER, HEADER.upper()).encode(),
        f"\r\n{TEXT}\r\n;;;;;;;;;;;;\r\n\r\n".encode(),
    ],
    ids=["utf-8", "bom", "cp1252", "lf", "cr", "comma", "upper", "blank lines"],
)
def test_every_way_of_writing_it_reads_the_same(body: bytes) -> None:
    file = read_register(body)

    assert [record["cells"][:2] for record in file.records] == [["1", "Örebro Motor AB"], ["2", "Kund 2 AB"]]
    assert file.warnings == []


def test_columns_in_another_order_with_others_beside() -> None:
    names = ["extra", *reversed(COLUMNS)]
    body = ";".join(names) + "\n" + ";".join(f"<{name}>" for name in names)

    file = read_register(body.encode())

    assert file.records == [{"line": 2, "cells": [f"<{name}>" for name in COLUMNS]}]
    assert file.warnings == [{"line": 1, "code": "unknown_column", "value": "extra"}]


def test_quotes_hold_separators_and_line_ends() -> None:
    quoted = line("1", name='"Ek; ""Son""\r\noch Ask AB"')

    file = read_register(register_file(quoted, line("2"), line("1"), "3;for few"))

    assert [record["line"] for record in file.records] == [2, 4, 5, 6]
    assert file.records[0]["cells"][1] == 'Ek; "Son" och Ask AB'
    assert [record.get("code") for record in file.records] == [
        None,
        None,
        "number_repeated",
        "line_unreadable",
    ]


def test_a_quote_that_is_never_closed_costs_only_its_line() -> None:
    file = read_register(register_file(line("1", name='"Ek AB'), *map(line, "234")))

    assert [record.get("code") for record in file.records] == ["line_unreadable", None, None, None]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", EmptyFile),
        (b"\xef\xbb\xbf \r\n", EmptyFile),
        (TEXT.encode("utf-16"), WrongEncoding),
        (b"\xef\xbb\xbf\xff", WrongEncoding),
        (b"caf\x81", WrongEncoding),
        (b"PK\x03\x04\x14\x00\x06\x00", WrongEncoding),
        (b'{"customers": []}', MissingColumn),
    ],
)
def test_what_is_no_register_is_refused(body: bytes, refusal: type[ServiceError]) -> None:
    with pytest.raises(refusal):
        read_register(body)


def test_a_file_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooManyColumns):
        read_register(f"{HEADER}{';' * 300_000}\r\n{line('1')}".encode())
    monkeypatch.setattr(limits, "MOST_RECORDS", 2)
    assert len(read_register(register_file(*map(line, "12"))).records) == 2
    with pytest.raises(TooManyLines) as refused:
        read_register(register_file(*map(line, "123")))
    assert refused.value.detail("sv") == "Filen har fler än 2 rader. Skicka den i delar."


def test_a_line_that_takes_too_long_to_read_fails_alone() -> None:
    wide, long = line("2") + ";" * 300_000, line("3", name="x" * 100_000)

    file = read_register(register_file(line("1"), wide, long, line("4")))

    assert [record.get("code") for record in file.records] == [None, "line_unreadable", None, None]
    assert len(file.records[2]["cells"][1]) == limits.LONGEST_CELL


def test_blank_lines_are_counted_before_any_is_read() -> None:
    with pytest.raises(TooManyLines):
        read_register(register_file(line("1")) + b"\n" * limits.MOST_LINES)


def test_a_control_character_costs_only_its_line() -> None:
    file = read_register(register_file(line("1"), line("2", city="\x00"), line("3", name="a\x1fb")))

    assert [record.get("code") for record in file.records] == [None, "line_no_text", "line_no_text"]
    with pytest.raises(WrongEncoding):
        read_register(f"{HEADER}\x00\r\n{line('1')}".encode())


def test_the_missing_columns_are_named() -> None:
    with pytest.raises(MissingColumn) as refused:
        read_register(TEXT.replace("city;", "").replace(";active", "").encode())

    assert [each.field for each in refused.value.errors] == ["city", "active"]
    assert "city, active" in refused.value.detail("sv")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"organisation_number": "5566778890"}, "organisation_number", "organisation_number_invalid"),
        ({"organisation_number": ""}, "organisation_number", "required"),
        (
            {"kind": "privatperson", "organisation_number": "1"},
            "organisation_number",
            "organisation_number_invalid",
        ),
        ({"kind": "privatperson", "organisation_number": "5560360793"}, "kind", "has_organisation_number"),
        ({"kind": "stiftelse"}, "kind", "not_one_of"),
        ({"kind": ""}, "kind", "required"),
        ({"name": ""}, "name", "required"),
        ({"name": "x" * 100_000}, "name", "too_long"),
        ({"name": "a\u202eb"}, "name", "not_one_line"),
        ({"number": ""}, "number", "required"),
        ({"number": "1" * 9000}, "number", "too_long"),
        ({"street": "x" * 201}, "street", "too_long"),
        ({"city": "a\u202eb"}, "city", "not_one_line"),
        ({"country": "SVERIGE"}, "country", "malformed"),
        ({"contact_name": "x" * 201}, "contact_name", "too_long"),
        ({"contact_email": "x" * 321}, "contact_email", "too_long"),
        ({"contact_phone": "1" * 51}, "contact_phone", "too_long"),
    ],
)
def test_faults_for_which_a_line_is_rejected(changes: dict[str, str], field: str, code: str) -> None:
    cells = line(changes.pop("number", "1"), **changes).split(";")

    with pytest.raises(LineRejected) as rejected:
        read_line(cells)

    assert (rejected.value.fault.field, rejected.value.fault.code) == (field, code)


def test_other_faults_are_imported_as_they_stand() -> None:
    cells = line("1", kind="Företag", contact_email="a(at)b", street="", active="kanske").split(";")

    said = read_line(cells)

    assert (said.kind, said.contact_email, said.street) == ("company", "a(at)b", None)
    assert (said.active, said.active_unknown) == (None, True)
