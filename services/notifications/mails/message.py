"""A mail as the message that is sent: one strictly parsed recipient, no character that begins a header."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, cast

from email_validator import EmailNotValidError, validate_email
from pydantic import SecretStr

from services.notifications.mails.tables import Mail
from services.notifications.mails.text import one_line, render
from shared.links import Purpose, link_token

PRODUCT: Final = "Ärende"
# Where the links of each purpose lead, below the web address; a person's own page needs no id.
PATHS: Final[Mapping[str, str]] = {
    "verify": "/verify/{}",
    "password-reset": "/password-resets/{}",
    "new-password": "/password-resets",
    "invitation": "/invitations/{}",
    "case": "/cases/{}",
    "invoice": "/invoices/{}",
    "account": "/accounts/{}/members",
    "customer": "/bureau/customers/{}",
    "credentials": "/me/credentials",
}
_SIGNED: Final = ("verify", "password-reset", "invitation")


class BadAddress(ValueError):
    """No mail can be sent to this address."""


@dataclass(frozen=True)
class Letterhead:
    """What all mails have in common: the address that they come from, where links lead, what signs links."""

    mail_from: str
    web_url: str
    link_secret: SecretStr


def compose(mail: Mail, head: Letterhead, *, at: datetime) -> EmailMessage:
    """Raises BadAddress, and what `render` raises."""
    rendered = render(mail.kind, language=mail.language, link=link_of(mail, head), values=mail.values)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_sender_name(mail.sender), addr_spec=head.mail_from)
    message["To"] = Address(addr_spec=_strictly(mail.email or ""))
    message["Subject"] = _literal(rendered.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id
    message["X-Arende-Kind"] = mail.kind
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return message


def link_of(mail: Mail, head: Letterhead) -> str:
    """Where the mail's button leads. A signed link's token is made here and is stored nowhere."""
    key = str(mail.link_id)
    if mail.link_purpose in _SIGNED:
        key = link_token(head.link_secret, cast(Purpose, mail.link_purpose), mail.link_id)
    return head.web_url.rstrip("/") + PATHS[mail.link_purpose].format(key)


def _sender_name(sender: str | None) -> str:
    return f"{_literal(one_line(sender))} via {PRODUCT}" if sender else PRODUCT


def _literal(words: str) -> str:
    """For a header: without what a reader would take for an encoded word (RFC 2047) in somebody's name."""
    return words.replace("=?", "= ?")


def _strictly(address: str) -> str:
    """The address with its domain in ASCII. Addresses under `.test` are accepted, for trying things out."""
    try:
        valid = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadAddress from error
    return valid.ascii_email or valid.normalized
