from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.invitations.tables import Row


class Collaboration(Row):
    """open → ended, by either side. `ended_by`: bureau | customer. The names stand as when it opened."""

    __tablename__ = "collaborations"
    __table_args__ = (
        Index(
            "uq_collaborations_open",
            "bureau_id",
            "customer_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_collaborations_account", "account_id", "id"),
        Index("ix_collaborations_bureau", "bureau_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    customer_number: Mapped[str]
    customer_name: Mapped[str]
    account_id: Mapped[UUID]
    invitation_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    def end(self, *, by: str, at: datetime) -> bool:
        """False where it had ended before."""
        if self.status == "ended":
            return False
        self.status, self.ended_at, self.ended_by = "ended", at, by
        self.version += 1
        return True
