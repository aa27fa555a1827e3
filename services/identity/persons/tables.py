"""Persons, and the links by which they prove that an address is theirs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.persons.errors import LinkExpired
from services.identity.tables import Row


class User(Row):
    """A person, once per e-mail address (kept in lower case). Without a password nobody can log in."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    password_hash: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    @property
    def email_verified(self) -> bool:
        return self.verified_at is not None

    def verify(self, *, at: datetime) -> bool:
        """Answers whether it was not verified before."""
        if self.verified_at is not None:
            return False
        self.verified_at = at
        self.version += 1
        return True


class Verification(Row):
    """A mailed link that verifies an address; its token is derived from the id (shared/links.py)."""

    __tablename__ = "verifications"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)
    email: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    def require_open(self, *, at: datetime) -> None:
        if self.expires_at <= at:
            raise LinkExpired


class PasswordReset(Row):
    """A mailed link that sets a password, once. A request for an unknown address has no user."""

    __tablename__ = "password_resets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)
    email: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    def use(self, *, at: datetime) -> None:
        if self.used_at is not None or self.expires_at <= at:
            raise LinkExpired
        self.used_at = at


class Attempts(Row):
    """Attempts in the current window, counted here so that all replicas share the count."""

    __tablename__ = "login_attempts"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    number: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)
