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


def document(**parts: bytes) -> bytes:
    """A Word document whose list of content types, or a part of its own, is given; `__` is a slash."""
    named = {name.replace("__", "/"): content for name, content in parts.items()}
    types = named.pop("types", b"<Types/>")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in {"[Content_Types].xml": types, "word/document.xml": b"<w/>", **named}.items():
            written.writestr(name, content)
    return stream.getvalue()


def encrypted(content: bytes) -> bytes:
    """The same archive, whose directory says that its parts are encrypted."""
    entry = content.rindex(b"PK\x01\x02")
    return content[: entry + 8] + b"\x01" + content[entry + 9 :]


def far_from_its_end(content: bytes) -> bytes:
    """The same archive with a second, empty directory behind the first."""
    return content + b"PK\x05\x06" + bytes(18)


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
    archive("[Content_Types].xml", "word/document.xml", "WORD/VBAPROJECT.BIN"),
    archive("[Content_Types].xml", "word/document.xml", "word\\vbaProject.bin"),
    archive("[Content_Types].xml", "word/document.xml", "word/vbaProjectSignature.bin"),
    archive("[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
    archive("[Content_Types].xml", "xl/workbook.xml", "xl/activeX/activeX1.bin"),
    archive("content.xml", "Basic/Standard/Module1.xml", first=f"{OPEN_DOCUMENT}.spreadsheet"),
    archive("content.xml", "Scripts/python/a.py", first=f"{OPEN_DOCUMENT}.text"),
    document(types=b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
    document(types=b'<Override ContentType="application/vnd.ms-office.vba&#80;roject"/>'),
    document(types='<Override ContentType="application/vnd.ms-office.vbaProject"/>'.encode("utf-16")),
    document(types=b'<!DOCTYPE x [<!ENTITY m "macroEnabled">]><Types/>'),
    document(types=b" " * (2 << 20)),
    document(zeros=bytes(1 << 20)).replace((1 << 20).to_bytes(4, "little"), (2 << 30).to_bytes(4, "little")),
    encrypted(document()),
    document() + b"MZ\x90\x00",
    far_from_its_end(document()),
    document()[:-1],
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


def test_a_document_with_embedded_pictures_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(document(word__media__image1=b"\x89PNG" * 1000, types=b"<Types>png</Types>"))
    assert kind_of(file, "a.docx") == f"{OFFICE_OPEN}.wordprocessingml.document"


def test_a_long_directory_hides_nothing(tmp_path: Path) -> None:
    file = tmp_path / "x"
    many = {f"{'x' * 200}{number}": b"" for number in range(6000)}
    file.write_bytes(document(**many))
    assert kind_of(file, "a.docx") == f"{OFFICE_OPEN}.wordprocessingml.document"
    file.write_bytes(document(**{"word/vbaProject.bin": b"x"}, **many))
    with pytest.raises(FileTypeNotAllowed):
        kind_of(file, "a.docx")


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
