"""Imports of register files, as jobs that advance chunk by chunk."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row

LAST_ATTEMPT = 5


class ImportJob(Row):
    """Jobs advance in turns, in the order of `touched_at`. `attempts` counts failures in a row."""

    __tablename__ = "import_jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    user_id: Mapped[UUID]
    employee_id: Mapped[UUID]
    state: Mapped[str]  # queued | running | finished | failed
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[list[dict[str, Any]]]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]

    def advance(self, *, created: int, updated: int, unchanged: int, lines: int) -> None:
        self.created += created
        self.updated += updated
        self.unchanged += unchanged
        self.done += lines
        self.attempts = 0

    def fail_once(self, *, at: datetime) -> None:
        """After a failed attempt other jobs have their turn; after the last attempt the job ends."""
        self.attempts += 1
        self.touched_at = at
        if self.attempts >= LAST_ATTEMPT:
            self.state = "failed"


class ImportChunk(Row):
    """Lines for one transaction. Once they are imported, `records` is null."""

    __tablename__ = "import_chunks"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("import_jobs.id", ondelete="cascade"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    records: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    rejected: Mapped[list[dict[str, Any]]]
    warnings: Mapped[list[dict[str, Any]]]


# The worker looks for unfinished jobs across bureaus.
Index(
    "ix_import_jobs_unfinished", ImportJob.touched_at, postgresql_where=text("state in ('queued', 'running')")
)
