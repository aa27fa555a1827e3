"""What a person is shown as news: ids and numbers, nothing of a dialogue."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.tables import Row


class Notification(Row):
    """One piece of news for one person under one hat; `hat_id` is the id of the bureau or of the account."""

    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_newest", "user_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    user_id: Mapped[UUID]
    hat_id: Mapped[UUID]
    kind: Mapped[str]
    about: Mapped[str]
    about_id: Mapped[UUID]
    case_number: Mapped[str | None]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    def mark_read(self, *, at: datetime) -> None:
        self.read_at = self.read_at or at
