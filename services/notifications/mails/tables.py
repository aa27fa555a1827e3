"""Mails, from the intent to the result."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.tables import Row
from shared.events.identity import BureauStatus

# A mail that the bureau may not cause now is looked at again after as long as it has waited, and withheld in
# the end. The news that a bureau was approved may come after the mails that it causes.
LOOKED_AT_AGAIN = (timedelta(seconds=2), timedelta(hours=1))
HELD_AT_MOST = timedelta(days=7)


class Mail(Row):
    """A mail that is to be sent. `values` fill its texts: names and numbers, never a token or a dialogue.

    `bureau_id` is None where the mail concerns a person and no bureau; only the worker sees those rows.
    `email` is None as long as the person's copy has not come. `customer_id` is the customer whom it concerns;
    `as_contact` says that the recipient is written to as one of that customer's contacts. `case_version` is
    the newest version of the case that the mail tells of, if it is about one. `due_at` is the time of the
    next attempt; a worker that takes the mail moves it on, so that no other worker takes the mail at the same
    time.
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
    customer_id: Mapped[UUID | None]
    as_contact: Mapped[bool] = mapped_column(server_default=false())
    case_version: Mapped[int | None]
    dedupe_key: Mapped[str]
    traceparent: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="waiting")  # waiting | sent | failed | withheld
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    message_id: Mapped[str | None]
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]

    def may_leave(self, bureau_status: BureauStatus | None) -> bool:
        """A bureau that is not approved causes no mail. One that is suspended is still billed. None: no news
        of the bureau has come; what names it waits for that anyway."""
        billed = bureau_status == "suspended" and self.kind == "invoice_issued"
        return billed or bureau_status in (None, "approved")

    def hold(self) -> None:
        """Gives back the attempt, to look again later by the database's clock."""
        soonest, latest = LOOKED_AT_AGAIN
        self.attempts -= 1
        waited = func.greatest(soonest, func.now() - Mail.added_at)
        self.due_at = func.now() + func.least(waited, latest)

    def next_wait(self, delays: Sequence[float]) -> timedelta | None:
        """How long to wait after this failed attempt; None after the last one. `delays` are seconds."""
        return timedelta(seconds=delays[self.attempts - 1]) if self.attempts <= len(delays) else None


class MailAttempt(Row):
    """One attempt to send a mail. `outcome` is sent, refused, postponed, unreachable, unsupported,
    bad_address, no_address or unrenderable."""

    __tablename__ = "mail_attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mail_id: Mapped[UUID] = mapped_column(index=True)
    bureau_id: Mapped[UUID | None]
    at: Mapped[datetime]
    outcome: Mapped[str]
    smtp_code: Mapped[int | None]
