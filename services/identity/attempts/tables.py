"""Attempts at guessing something, or at having a mail sent."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row


class Attempts(Row):
    """Attempts in the current window, counted here so that all replicas share the count."""

    __tablename__ = "login_attempts"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    number: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


def key_of(what: str) -> bytes:
    """A hash, because addresses that nobody has signed up with must not be stored in clear text."""
    return hashlib.sha256(what.encode()).digest()
