from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row


class RefreshToken(Row):
    """Only its hash is stored. A token is used once: a second use shows that it was copied."""

    __tablename__ = "refresh_tokens"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="cascade"), index=True)
    used_at: Mapped[datetime | None]
