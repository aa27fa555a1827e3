from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Row
from shared.clock import last_day, month_at, stockholm_date

OPEN = text("status <> 'ended'")


class Subscription(Row):
    """A bureau's purchase of case management: active → cancelled → ended.

    `version` goes on from the bureau's earlier subscription, so that copies kept per bureau see it grow.
    `count_from` is the first day of the next month to count, None when all its months are counted.
    `ends_on` is the last day, Swedish time, of one that is cancelled.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index("uq_subscriptions_open", "bureau_id", unique=True, postgresql_where=OPEN),
        Index("ix_subscriptions_count_from", "count_from", postgresql_where=text("count_from is not null")),
        Index("ix_subscriptions_ends_on", "ends_on", postgresql_where=text("status = 'cancelled'")),
        Index("ix_subscriptions_bureau", "bureau_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    status: Mapped[str]
    activated_on: Mapped[date]
    ends_on: Mapped[date | None]
    bought_by: Mapped[UUID]
    bought_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    billable_customers: Mapped[int]
    price_version: Mapped[int]
    count_from: Mapped[date | None]
    version: Mapped[int]

    def is_over(self, at: datetime) -> bool:
        return self.ends_on is not None and self.ends_on < stockholm_date(at)

    def holds_at(self, at: datetime) -> bool:
        """Whether case management can be used, and the running month is billed."""
        return self.status != "ended" and not self.is_over(at)

    def cancel(self, *, at: datetime) -> date | None:
        """Cancels to the end of the running month and returns its last day; None where it is not active."""
        if self.status != "active":
            return None
        self.status, self.cancelled_at = "cancelled", at
        self.ends_on = last_day(month_at(at))
        self.version += 1
        return self.ends_on

    def resume(self) -> bool:
        """Takes a cancellation back, as long as it has not ended. Returns False where there is none."""
        if self.status != "cancelled":
            return False
        self.status, self.cancelled_at, self.ends_on = "active", None, None
        self.version += 1
        return True

    def end(self, *, at: datetime) -> None:
        self.status, self.ended_at = "ended", at
        self.version += 1
