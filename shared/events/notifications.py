"""What notifications publishes about mails: ids and kinds, no addresses."""

from typing import Literal
from uuid import UUID

from shared.events import Event


class MailEvent(Event):
    """`customer_id` is the customer whom the mail concerns: what it is about where `about` is None."""

    source = "/arende/notifications"
    subject = "mail_id"

    mail_id: UUID
    kind: str
    about: Literal["invitation", "case", "invoice", "person"] | None = None
    about_id: UUID | None = None
    customer_id: UUID | None = None


class MailSent(MailEvent):
    type = "se.arende.mail.sent.v1"


class MailFailed(MailEvent):
    """No further attempt is made: the mail was refused for good, or the last attempt has failed."""

    type = "se.arende.mail.failed.v1"


class MailBounced(MailEvent):
    type = "se.arende.mail.bounced.v1"
