from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.invitations.tables import Row


class Collaboration(Row):
    """What an accepted invitation opens: open → ended, by either side (`ended_by`: bureau | customer).

    The customer's number and name follow the register. It is `paused` while the customer
    is inactive: then its cases can only be read.
    """

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
    status: Mapped[str]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int]

    def end(self, *, by: str, at: datetime) -> bool:
        """Returns False where it had ended before; then nothing changes."""
        if self.status == "ended":
            return False
        self.status, self.ended_at, self.ended_by = "ended", at, by
        self.version += 1
        return True
