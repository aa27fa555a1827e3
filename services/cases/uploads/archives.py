"""What is in an Office document, which is a ZIP archive, read from its directory (APPNOTE 4.3.12).

Nothing is unpacked but the list of content types, and of that so much as such lists have. What an archive
unpacks to is judged by what its directory declares; nested archives are left to the virus scanner.
"""

import re
import zipfile
from html import unescape
from typing import BinaryIO

# Far more than documents have, and little enough to look through.
MOST_PARTS = 20_000
LARGEST_DIRECTORY = 4 << 20
LARGEST_UNPACKED = 1 << 30
LARGEST_TYPES = 1 << 20
CONTENT_TYPES = "[content_types].xml"

_END = b"PK\x05\x06"
_END_SIZE = 22
_ENCRYPTED = 0x1
# Office finds macros by their relationship and content type, whatever the part is called; case and the
# direction of slashes mean nothing in names of parts.
_ACTIVE_TYPES = re.compile(
    r"macroenabled|vbaproject|ms-office\.activex|excel\.intlmacrosheet|excel\.macrosheet"
)
_ACTIVE_PARTS = re.compile(
    r"(^|/)(vbaproject\w*\.bin|vbadata\.xml|macrosheets/.*|activex/.*|basic/.*|scripts/.*)$"
)


def parts_of(file: BinaryIO) -> set[str] | None:
    """The names of the parts in lower case. None where the archive is broken, encrypted, larger than
    documents are, or holds macros, scripts or ActiveX."""
    if not _has_small_directory(file):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            parts = {entry.filename.replace("\\", "/").lower() for entry in entries}
            if _is_unsafe(entries, size=file.seek(0, 2)) or any(map(_ACTIVE_PARTS.search, parts)):
                return None
            return parts if all(map(_is_passive, _types_in(archive, entries))) else None
    # What zipfile raises for archives that are damaged or packed in a way that it does not know.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        return None


def _has_small_directory(file: BinaryIO) -> bool:
    """Whether the file ends with the end of a directory that begins where that says, so that every reader
    sees the same directory, and whether it is small enough to be read."""
    length = file.seek(0, 2)
    file.seek(max(0, length - _END_SIZE - 0xFFFF))
    tail = file.read()
    at = tail.rfind(_END)
    end = tail[at : at + _END_SIZE]
    if at < 0 or len(end) < _END_SIZE or at + _END_SIZE + int.from_bytes(end[20:22], "little") != len(tail):
        return False
    count, size, offset = (int.from_bytes(end[a:b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
    return count <= MOST_PARTS and size <= LARGEST_DIRECTORY and offset + size == length - len(tail) + at


def _is_unsafe(entries: list[zipfile.ZipInfo], *, size: int) -> bool:
    """Encrypted parts can't be looked into; parts that overlap are a bomb; two parts of one name are read
    differently by different readers."""
    return (
        any(entry.flag_bits & _ENCRYPTED for entry in entries)
        or sum(entry.compress_size for entry in entries) > size
        or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED
        or len({entry.filename.lower() for entry in entries}) != len(entries)
    )


def _types_in(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> list[bytes]:
    """The list of content types, which an OpenDocument does not have."""
    listed = [entry for entry in entries if entry.filename.lower() == CONTENT_TYPES]
    if any(entry.file_size > LARGEST_TYPES for entry in listed):
        raise ValueError("larger than a list of content types")
    return [archive.open(entry).read(LARGEST_TYPES) for entry in listed]


def _is_passive(types: bytes) -> bool:
    # Without the NULs, UTF-16 reads like UTF-8 as far as these words go.
    text = unescape(types.replace(b"\x00", b"").decode("utf-8", "replace")).lower()
    return "<!doctype" not in text and not _ACTIVE_TYPES.search(text)
