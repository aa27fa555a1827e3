from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Row


class CustomerState(Row):
    """What a customer was from `at` on, until the row with the next sequence. Rows are only added.

    `recorded_at` is the database's time, and tells which rows came after a count was made.
    """

    __tablename__ = "customer_history"
    __table_args__ = (Index("ix_customer_history_recorded", "bureau_id", "recorded_at"),)

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    active: Mapped[bool]
    number: Mapped[str]
    name: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MonthlyCount(Row):
    """A bureau's billable customers at the end of a month, as counted then, and the price of that month.

    `settled_at`: when it was invoiced, or found to need no invoice.
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
