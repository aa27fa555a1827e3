"""The folder with the contents of files, under random names. Its calls block, so they belong in a thread."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import BinaryIO, Self


class Incoming:
    """A file while it is received, under a temporary name until it is kept or discarded."""

    def __init__(self, folder: Path) -> None:
        arriving = folder / "incoming"
        arriving.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.key = secrets.token_hex(20)
        self.path = arriving / self.key
        self.size = 0
        self._hash = hashlib.sha256()
        self._file: BinaryIO = self.path.open("xb")

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, content: bytes) -> None:
        self._hash.update(content)
        self._file.write(content)
        self.size += len(content)

    def finish(self) -> Self:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self

    def keep(self) -> None:
        """Before the commit: a crash in between leaves a file without a row, never the reverse."""
        target = path_of(self.folder, self.key)
        target.parent.mkdir(exist_ok=True)
        self.path.rename(target)
        for folder in (target.parent, self.folder):
            _sync_folder(folder)

    def discard(self) -> None:
        """Removes what was not kept; after `keep` there is nothing left to remove."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def path_of(folder: Path, key: str) -> Path:
    return folder / key[:2] / key


def _sync_folder(folder: Path) -> None:
    """Makes a rename survive a loss of power where the system can; Windows has no such call."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
