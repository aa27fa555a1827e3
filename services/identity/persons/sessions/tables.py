"""A log-in, and the refresh tokens that it goes on by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row


class LoginSession(Row):
    """`hat_kind` and `hat_id`: what the person acts as, until they choose otherwise."""

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

    def is_open(self, *, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at

    def end(self, *, at: datetime) -> None:
        self.ended_at = self.ended_at or at


class RefreshToken(Row):
    """Only the hash of it. Each is used once; a second use says that somebody copied it."""

    __tablename__ = "refresh_tokens"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="cascade"), index=True)
    used_at: Mapped[datetime | None]
