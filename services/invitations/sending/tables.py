from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.invitations.sending.errors import InvitationNotOpen
from services.invitations.tables import Row
from shared.ids import uuid7

LIFE = timedelta(days=30)
REMINDER_AFTER = timedelta(days=7)
MOST_REMINDERS = 2
SENT = text("status = 'sent'")
# A later state of the same mail wins over an earlier one, in whichever order they come.
MAIL_STATES = ("pending", "sent", "failed", "bounced")


class Invitation(Row):
    """sent → accepted | declined | expired | revoked. Who is invited stands here as it was when sent.

    `email` is lower case. `sent_by`: an employee. `told_at`: when the account's administrators were told
    that the invited person is none of them.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        Index("uq_invitations_open", "bureau_id", "customer_id", unique=True, postgresql_where=SENT),
        Index("ix_invitations_list", "bureau_id", "status", "sent_at", "id"),
        Index("ix_invitations_email", "email"),
        Index("ix_invitations_expires_at", "expires_at", postgresql_where=SENT),
        Index("ix_invitations_last_mailed_at", "last_mailed_at", postgresql_where=SENT),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    customer_number: Mapped[str]
    customer_name: Mapped[str]
    contact_id: Mapped[UUID]
    contact_name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    message: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="sent")
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    last_mailed_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    collaboration_id: Mapped[UUID | None]
    declined_at: Mapped[datetime | None]
    declined_by: Mapped[UUID | None]
    decline_reason: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    mail_state: Mapped[str] = mapped_column(default="pending")
    mail_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    def status_at(self, at: datetime) -> str:
        """As it is, also before the job that expires it has run."""
        return "expired" if self.status == "sent" and self.expires_at <= at else self.status

    def require_open(self, at: datetime) -> None:
        if (status := self.status_at(at)) != "sent":
            raise InvitationNotOpen(state=status)

    def accept(self, *, by: UUID, account_id: UUID, collaboration_id: UUID, at: datetime) -> None:
        self.status, self.accepted_at, self.accepted_by = "accepted", at, by
        self.account_id, self.collaboration_id = account_id, collaboration_id
        self.version += 1

    def decline(self, *, by: UUID, reason: str | None, at: datetime) -> None:
        self.status, self.declined_at, self.declined_by, self.decline_reason = "declined", at, by, reason
        self.version += 1

    def expire(self) -> None:
        self.status = "expired"
        self.version += 1

    def revoke(self, *, at: datetime) -> None:
        self.status, self.revoked_at = "revoked", at
        self.version += 1

    def resend(self, *, at: datetime) -> None:
        """A fresh start: thirty days and two reminders from now."""
        self.last_mailed_at, self.expires_at, self.reminders = at, at + LIFE, 0
        self.mail_state = "pending"
        self.version += 1

    def remind(self, *, at: datetime) -> None:
        self.last_mailed_at = at
        self.reminders += 1
        self.version += 1

    def tell_administrators(self, *, at: datetime) -> None:
        self.told_at = at
        self.version += 1

    def note_mail(self, *, mail_id: UUID, state: str) -> None:
        """The newest mail's newest state. Mails' ids grow with time."""
        if self.mail_id is not None and mail_id < self.mail_id:
            return
        newer = self.mail_id is None or mail_id > self.mail_id
        if newer or MAIL_STATES.index(state) > MAIL_STATES.index(self.mail_state):
            self.mail_id, self.mail_state = mail_id, state


class Batch(Row):
    """Many invitations in one step, and what became of each."""

    __tablename__ = "batches"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    bureau_id: Mapped[UUID] = mapped_column(index=True)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    results: Mapped[list[dict[str, Any]]]
