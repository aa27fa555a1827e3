"""What notifications publishes: what became of mails. No addresses: the mail's id finds the rest."""

from typing import Literal
from uuid import UUID

from shared.events import Event


class MailEvent(Event):
    source = "/arende/notifications"
    subject = "mail_id"

    mail_id: UUID
    kind: str
    about: Literal["invitation", "case", "invoice", "person"] | None = None
    about_id: UUID | None = None


class MailSent(MailEvent):
    type = "se.arende.mail.sent.v1"


class MailFailed(MailEvent):
    """Given up: refused for good, or after the last attempt."""

    type = "se.arende.mail.failed.v1"


class MailBounced(MailEvent):
    type = "se.arende.mail.bounced.v1"
