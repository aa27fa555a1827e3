from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.invitations.copies.tables import Customer
from services.invitations.invitation.errors import InvitationNotOpen, ResentTooSoon
from services.invitations.tables import Row
from shared.ids import uuid7

LIFE = timedelta(days=30)
# Reminders are sent this long after the mail before them.
REMINDER_AFTER = timedelta(days=7)
MOST_REMINDERS = 2
# An invitation is sent again at most once in this time, also as another invitation after it was revoked.
MAIL_AGAIN_AFTER = timedelta(minutes=10)
SENT = text("status = 'sent'")
# In this order: of two states of one mail the later stands, whichever event comes first.
MAIL_STATES = ("pending", "sent", "failed", "bounced")


class Invitation(Row):
    """The bureau's request to one customer: sent → accepted | declined | expired | revoked.

    The names of customer and contact follow the register; `email`, normalised, is where it was sent.
    `sent_by` is an employee. `told_at` is the moment when the account's administrators were told that the
    invited person is not one of them, and `told_account_id` the account.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        Index("uq_invitations_open", "bureau_id", "customer_id", unique=True, postgresql_where=SENT),
        Index("ix_invitations_list", "bureau_id", "status", "sent_at", "id"),
        Index("ix_invitations_email", "email"),
        Index("ix_invitations_expires_at", "expires_at", postgresql_where=SENT),
        Index("ix_invitations_last_mailed_at", "last_mailed_at", postgresql_where=SENT),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    customer_number: Mapped[str]
    customer_name: Mapped[str]
    contact_id: Mapped[UUID]
    contact_name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    message: Mapped[str | None]
    status: Mapped[str]
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    last_mailed_at: Mapped[datetime]
    reminders: Mapped[int]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    collaboration_id: Mapped[UUID | None]
    declined_at: Mapped[datetime | None]
    declined_by: Mapped[UUID | None]
    decline_reason: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    resent_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_account_id: Mapped[UUID | None]
    mail_state: Mapped[str]
    mail_id: Mapped[UUID | None]
    version: Mapped[int]

    @classmethod
    def to_main_contact(
        cls, customer: Customer, *, message: str | None, sent_by: UUID, at: datetime
    ) -> "Invitation":
        """A new invitation, to a customer that nothing stops from being invited."""
        return cls(
            id=uuid7(),
            bureau_id=customer.bureau_id,
            customer_id=customer.customer_id,
            customer_number=customer.number,
            customer_name=customer.name,
            contact_id=customer.contact_id,
            contact_name=customer.contact_name,
            email=customer.contact_email,
            language=customer.contact_language,
            message=message,
            status="sent",
            sent_at=at,
            sent_by=sent_by,
            expires_at=at + LIFE,
            last_mailed_at=at,
            reminders=0,
            mail_state="pending",
            version=1,
        )

    def status_at(self, at: datetime) -> str:
        """`expired` from its last moment on, even where the job that expires invitations has not run yet."""
        return "expired" if self.status == "sent" and self.expires_at <= at else self.status

    def require_open(self, at: datetime) -> None:
        """Raises InvitationNotOpen."""
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
        """Starts over: thirty days and two reminders from now. Raises ResentTooSoon."""
        if self.resent_at is not None and at < self.resent_at + MAIL_AGAIN_AFTER:
            # Of requests that came at once, the one that was served first need not have come first.
            raise ResentTooSoon(wait=self.resent_at + MAIL_AGAIN_AFTER - max(at, self.resent_at))
        self.resent_at = at
        self.last_mailed_at, self.expires_at, self.reminders = at, at + LIFE, 0
        self.mail_state = "pending"
        self.version += 1

    def remind(self, *, at: datetime) -> None:
        self.last_mailed_at = at
        self.reminders += 1
        self.version += 1

    def tell_administrators(self, *, account_id: UUID, at: datetime) -> None:
        self.told_at, self.told_account_id = at, account_id
        self.version += 1

    def note_mail(self, *, mail_id: UUID, state: str) -> None:
        """Keeps the latest state of the latest mail, in whichever order they come.

        Mails' ids grow with time.
        """
        if self.mail_id is not None and mail_id < self.mail_id:
            return
        newer = self.mail_id is None or mail_id > self.mail_id
        if newer or MAIL_STATES.index(state) > MAIL_STATES.index(self.mail_state):
            self.mail_id, self.mail_state = mail_id, state
