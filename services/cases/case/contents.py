"""Texts and files of a case, as its timeline tells of them: by their digests (docs/audit.md)."""

import hashlib
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Content:
    """`key` names it within its case, as `body` or `message/<id>`; `sha256` is None where there is none."""

    key: str
    sha256: str | None

    @classmethod
    def of_text(cls, key: str, text: str | None) -> Self:
        """The digest is that of exactly this text in UTF-8."""
        return cls(key, None if text is None else hashlib.sha256(text.encode()).hexdigest())
