from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Row


class MonthlyCount(Row):
    """A bureau's billable customers at the end of a month, as counted then, and the price of that month.

    `unit_price` is öre per customer, without VAT. `ends_at` is the first moment of the next month, Swedish
    time. `settled_at` is when it was invoiced, or found to need no invoice. `recorded_at` is the database's
    time, to compare with that of the customers' history.
    """

    __tablename__ = "monthly_counts"
    __table_args__ = (
        UniqueConstraint("bureau_id", "month"),
        Index(
            "ix_monthly_counts_unsettled", "month", "bureau_id", postgresql_where=text("settled_at is null")
        ),
        Index("ix_monthly_counts_month", "month"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    month: Mapped[str]
    ends_at: Mapped[datetime]
    quantity: Mapped[int]
    price_version: Mapped[int]
    unit_price: Mapped[int]
    counted_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_at: Mapped[datetime | None]
