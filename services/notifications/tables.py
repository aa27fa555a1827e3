"""Mails, from the intent to its result; no I/O in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, MetaData, UniqueConstraint, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database.tables import NAMES, TYPES


class Row(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class Mail(Row):
    """A mail that is to be sent. `values` fill its texts: names and numbers, never a token or dialogue.

    `bureau_id` is None for what concerns a person and no bureau; only the worker sees those.
    `email` is None until the person's copy has come; `due_at` is also the lease of who is sending it.
    """

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("bureau_id", "dedupe_key", postgresql_nulls_not_distinct=True),
        Index("ix_mails_due_at", "due_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID | None]
    kind: Mapped[str]
    sender: Mapped[str | None]
    user_id: Mapped[UUID | None] = mapped_column(index=True)
    account_id: Mapped[UUID | None]
    email: Mapped[str | None]
    language: Mapped[str]
    values: Mapped[dict[str, Any]]
    link_purpose: Mapped[str]
    link_id: Mapped[UUID]
    about: Mapped[str | None]
    about_id: Mapped[UUID | None]
    dedupe_key: Mapped[str]
    traceparent: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="waiting")  # waiting | sent | failed
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    message_id: Mapped[str | None]
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]

    def next_wait(self, delays: Sequence[float]) -> timedelta | None:
        """From this failed attempt to the next; None after the last."""
        return timedelta(seconds=delays[self.attempts - 1]) if self.attempts <= len(delays) else None


class MailAttempt(Row):
    """`outcome`: sent, refused, postponed, unreachable, unsupported, bad_address, no_address or
    unrenderable.
    """

    __tablename__ = "mail_attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mail_id: Mapped[UUID] = mapped_column(index=True)
    bureau_id: Mapped[UUID | None]
    at: Mapped[datetime]
    outcome: Mapped[str]
    smtp_code: Mapped[int | None]
