from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Row


class BillingRun(Row):
    """An operator's request to bill a month, queued → finished by the worker; spans all bureaus."""

    __tablename__ = "billing_runs"
    __table_args__ = (
        Index("ix_billing_runs_queued", "requested_at", postgresql_where=text("status = 'queued'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str]
    dry_run: Mapped[bool]
    status: Mapped[str]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counted: Mapped[int]
    invoices: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    items: Mapped[list[dict[str, Any]]]

    def finish(
        self, *, counted: int, invoices: int, total: int, items: list[dict[str, Any]], at: datetime
    ) -> None:
        self.status, self.finished_at = "finished", at
        self.counted, self.invoices, self.total, self.items = counted, invoices, total, items
