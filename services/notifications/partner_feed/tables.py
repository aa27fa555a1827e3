"""The events that partners may read, as they are sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.tables import Row


class PartnerEvent(Row):
    """`position` grows in the order of commits, so a reader who has reached one has missed none before it."""

    __tablename__ = "partner_events"
    __table_args__ = (
        UniqueConstraint("bureau_id", "id"),
        Index("ix_partner_events_kept_at", "kept_at"),
    )

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[UUID]
    type: Mapped[str]
    time: Mapped[datetime]
    subject: Mapped[str]
    customer_id: Mapped[UUID | None]
    document: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime] = mapped_column(server_default=func.now())
