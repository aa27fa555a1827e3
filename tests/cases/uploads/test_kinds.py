"""What a file is, by its content alone."""

import io
import zipfile
from pathlib import Path

import pytest

from services.cases.uploads.errors import FileTypeNotAllowed
from services.cases.uploads.kinds import kind_of, name_for

OFFICE_OPEN = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


def archive(*names: str, first: str | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        if first is not None:
            parts.writestr("mimetype", first)
        for name in names:
            parts.writestr(name, "x" * 3000)
    return stream.getvalue()


TAKEN = [
    (b"%PDF-1.7\n%\xe2\xe3", "a.pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n\x00", "a.png", "image/png"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a.jpg", "image/jpeg"),
    (b"GIF89a\x01\x00", "a.gif", "image/gif"),
    (b"II*\x00\x08\x00", "a.tif", "image/tiff"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00", "a.heic", "image/heic"),
    (
        archive("docProps/a.xml", "[Content_Types].xml", "word/document.xml"),
        "a.docx",
        "wordprocessingml.document",
    ),
    (archive("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx", "spreadsheetml.sheet"),
    (archive("[Content_Types].xml", "ppt/presentation.xml"), "a.pptx", "presentationml.presentation"),
    (archive("content.xml", first=f"{OPEN_DOCUMENT}.text"), "a.odt", f"{OPEN_DOCUMENT}.text"),
    (archive("content.xml", first=f"{OPEN_DOCUMENT}.spreadsheet"), "a.ods", f"{OPEN_DOCUMENT}.spreadsheet"),
    ("datum;belopp\n2026-11-01;räksmörgås\n".encode(), "a.csv", "text/csv"),
    ("räksmörgås 10 €".encode("cp1252"), "a.txt", "text/plain"),
    (b"BMW 320;MZ", "a.csv", "text/csv"),
    (b'\xef\xbb\xbf<?xml version="1.0"?><a/>', "a.xml", "application/xml"),
    ('#FLAGGA 0\r\n#FNAMN "Åkeriet i Örebro"\r\n'.encode("cp437"), "a.se", "text/plain"),
]
REFUSED = [
    b"MZ\x90\x00\x03\x00\x00\x00",
    b"\x7fELF\x02\x01\x01\x00",
    archive("a.exe"),
    archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
    archive("[Content_Types].xml", "xl/workbook.bin"),
    archive("content.xml", first="application/epub+zip"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "text i UTF-16".encode("utf-16"),
    b"text\x00med NUL",
    b"text\x1b[2J",
    b"odefinierad byte \x81 i Windows-1252",
]


@pytest.mark.parametrize(
    ("content", "name", "kind"), TAKEN, ids=[f"{name}-{kind}" for _, name, kind in TAKEN]
)
def test_what_is_taken(tmp_path: Path, content: bytes, name: str, kind: str) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    found = kind_of(file, name)
    assert found in (kind, f"{OFFICE_OPEN}.{kind}")
    assert name_for(name, found) == name


@pytest.mark.parametrize("content", REFUSED)
def test_what_is_refused_under_any_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    for name in ("kvitto.pdf", "kvitto.xlsx", "kvitto.csv", "kvitto.txt"):
        with pytest.raises(FileTypeNotAllowed):
            kind_of(file, name)


def test_text_is_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes("å".encode() * (1 << 20) + b"a")
    assert kind_of(file, "a.txt") == "text/plain"
    file.write_bytes("å".encode() * (1 << 20) + b"\x00")
    with pytest.raises(FileTypeNotAllowed):
        kind_of(file, "a.txt")


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Mina dokument\\Kvitto 1.PDF", "application/pdf", "Kvitto 1.PDF"),
        ("faktura.exe", "application/pdf", "faktura.exe.pdf"),
        ("rutin.bat", "text/plain", "rutin.bat.txt"),
        ("kvitto\r\nSet-Cookie: a=b.pdf", "application/pdf", "kvittoSet-Cookie: a=b.pdf"),
        ("kvitto\u202efdp.exe", "application/pdf", "kvittofdp.exe.pdf"),
        ("  .  ", "image/png", "file.png"),
        ("..\\..", "image/png", "file.png"),
        ("a\u0308rende.png", "image/png", "ärende.png"),
        ("kvitto\x00\x7f\u200b.png", "image/png", "kvitto.png"),
        ("å" * 300 + ".pdf", "application/pdf", "å" * 196 + ".pdf"),
    ],
)
def test_a_name_is_one_line_with_an_ending_of_its_kind(name: str, kind: str, safe: str) -> None:
    assert name_for(name, kind) == safe
