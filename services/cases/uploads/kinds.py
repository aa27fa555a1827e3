"""What a file is, by its content: its name and the media type that the sender states prove nothing."""

import codecs
import re
from pathlib import Path
from typing import BinaryIO
from unicodedata import normalize

from services.cases.uploads.archives import CONTENT_TYPES, parts_of
from services.cases.uploads.errors import FileTypeNotAllowed

CHUNK = 1 << 20
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OFFICE_OPEN = "application/vnd.openxmlformats-officedocument."
# The endings that a name may have; another name gets the first one added, so that no file looks like another.
ENDINGS: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/tiff": ("tif", "tiff"),
    "image/heic": ("heic", "heif"),
    f"{OFFICE_OPEN}wordprocessingml.document": ("docx",),
    f"{OFFICE_OPEN}spreadsheetml.sheet": ("xlsx",),
    f"{OFFICE_OPEN}presentationml.presentation": ("pptx",),
    f"{OPEN_DOCUMENT}spreadsheet": ("ods",),
    f"{OPEN_DOCUMENT}text": ("odt",),
    "application/xml": ("xml", "xbrl", "sie"),
    "text/csv": ("csv",),
    "text/plain": ("txt", "csv", "tsv", "se", "si", "sie", "sru", "json", "asc", "bgc", "log", "md"),
}
_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MAIN_PARTS = {
    "word/document.xml": f"{OFFICE_OPEN}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE_OPEN}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE_OPEN}presentationml.presentation",
}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a"))


def kind_of(path: Path, name: str) -> str:
    """The media type of the file's content. Raises FileTypeNotAllowed."""
    with path.open("rb") as file:
        head = file.read(4096)
        kind = _by_beginning(head)
        if kind is None and head.startswith(b"PK\x03\x04"):
            kind = _by_parts(file, head)
        elif kind is None and _is_text(file, sie=head.startswith(b"#FLAGGA")):
            kind = _text(head, name)
    if kind is None:
        raise FileTypeNotAllowed
    return kind


def name_for(name: str, kind: str) -> str:
    """The last part of a path, in one line of at most 200 characters, with an ending of its kind.

    Letters are composed (NFC): a Mac sends `å` as an a and a ring, which no search for `å` would find.
    """
    last = normalize("NFC", re.split(r"[/\\]", name)[-1])
    plain = "".join(char for char in last if char.isprintable()).strip(" .")
    endings = ENDINGS[kind]
    stem, dot, ending = plain.rpartition(".")
    if not dot or ending.lower() not in endings:
        stem, ending = plain, endings[0]
    return f"{stem[: 199 - len(ending)] or 'file'}.{ending}"


def _by_beginning(head: bytes) -> str | None:
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "image/heic"
    return next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)


def _by_parts(file: BinaryIO, head: bytes) -> str | None:
    """Office documents are ZIP archives. Other archives, and documents with macros, are refused."""
    parts = parts_of(file)
    if parts is None:
        return None
    if head[30:38] == b"mimetype":
        stored = head[38:].partition(b"PK")[0].decode("ascii", "replace")
        return stored if stored.startswith(OPEN_DOCUMENT) and stored in ENDINGS else None
    if CONTENT_TYPES not in parts:
        return None
    return next((kind for part, kind in _MAIN_PARTS.items() if part in parts), None)


def _is_text(file: BinaryIO, *, sie: bool) -> bool:
    """UTF-8 or Windows-1252 without control characters; code page 437, which has no gaps, for SIE files."""
    decoders = {codecs.getincrementaldecoder(each)() for each in ("utf-8", "cp437" if sie else "cp1252")}
    file.seek(0)
    while chunk := file.read(CHUNK):
        if len(chunk.translate(None, _CONTROLS)) != len(chunk):
            return False
        decoders = {each for each in decoders if _decodes(each, chunk)}
    return any(_decodes(each, b"", final=True) for each in decoders)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _text(head: bytes, name: str) -> str:
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<?xml"):
        return "application/xml"
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"
