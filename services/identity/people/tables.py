"""People, the links by which they prove that an address is theirs, and their log-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.people.errors import LinkExpired
from services.identity.tables import Row


class User(Row):
    """A person, once per e-mail address. Without a password nobody can log in as the person."""

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
        """Returns False where the address was verified before."""
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

    def require_open(self, *, at: datetime) -> None:
        if self.used_at is not None or self.expires_at <= at:
            raise LinkExpired


class LoginSession(Row):
    """A log-in on one device. It is here and not in the room `sessions`, because a new password ends it.

    `hat_kind` and `hat_id` are what the person acts as, until they choose otherwise. `amr` is how they logged
    in, by the words of RFC 8176.
    """

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)
    hat_kind: Mapped[str | None]
    hat_id: Mapped[UUID | None]
    agent: Mapped[str | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    amr: Mapped[list[str]] = mapped_column(server_default="{}")

    def is_open(self, *, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at

    def end(self, *, at: datetime) -> bool:
        """Returns False where it had ended before."""
        if self.ended_at is not None:
            return False
        self.ended_at = at
        return True
