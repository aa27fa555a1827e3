"""The folder with the contents of files, under random names. Its calls block, so they belong in a thread.

Until it is known that a content's row is committed, an empty file of the same name lies in `incoming`: its
mark. A crash or a rollback leaves it there, and a job asks the database about what is marked (ADR 0025).
"""

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

_MARKS = "incoming"


class Incoming:
    """A content while it is received, until it is accepted or discarded.

    `claimed`: a row that names the content is being written. A commit that seems to fail may have succeeded,
    so from then on only the database says whether the content is wanted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = secrets.token_hex(20)
        self.path = path_of(folder, self.key)
        self.size = 0
        self.claimed = False
        self._hash = hashlib.sha256()
        mark = _mark_of(folder, self.key)
        for parent in (mark.parent, self.path.parent):
            parent.mkdir(parents=True, exist_ok=True)
        mark.touch(exist_ok=False)
        # First the mark: after a loss of power there is no content without it.
        _sync_folder(mark.parent)
        self._file: BinaryIO = self.path.open("xb")

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, content: bytes) -> None:
        self._hash.update(content)
        self._file.write(content)
        self.size += len(content)

    def finish(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        for folder in (self.path.parent, self.folder):
            _sync_folder(folder)

    def accept(self) -> None:
        """The row of this content is committed."""
        accept(self.folder, self.key)

    def discard(self) -> None:
        self._file.close()
        discard(self.folder, self.key)


def path_of(folder: Path, key: str) -> Path:
    return folder / key[:2] / key


def accept(folder: Path, key: str) -> None:
    _mark_of(folder, key).unlink(missing_ok=True)


def discard(folder: Path, key: str) -> None:
    """The content first: a crash in between leaves the mark, and the job discards again."""
    path_of(folder, key).unlink(missing_ok=True)
    _mark_of(folder, key).unlink(missing_ok=True)


def settle(folder: Path, keys: Collection[str], *, committed: Collection[str]) -> None:
    """Accepts those of the keys that are committed, and discards the others."""
    for key in keys:
        (accept if key in committed else discard)(folder, key)


def list_marked(folder: Path, *, before: datetime) -> list[str]:
    """The keys of contents that have not been written to since then and are still marked."""
    try:
        marks = [mark.name for mark in (folder / _MARKS).iterdir()]
    except FileNotFoundError:
        return []
    return [key for key in marks if max(_times(folder, key), default=0.0) < before.timestamp()]


def _times(folder: Path, key: str) -> Iterator[float]:
    for path in (_mark_of(folder, key), path_of(folder, key)):
        try:
            yield path.stat().st_mtime
        except FileNotFoundError:
            continue


def _mark_of(folder: Path, key: str) -> Path:
    return folder / _MARKS / key


def _sync_folder(folder: Path) -> None:
    """Makes a new name survive a loss of power where the system can; Windows has no such call."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
