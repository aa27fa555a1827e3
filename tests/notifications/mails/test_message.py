"""The message: one strictly parsed recipient, safe headers, text and HTML, a link that can be verified."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from services.notifications.mails.message import BadAddress, Letterhead, compose, link_of
from services.notifications.mails.tables import Mail
from services.notifications.mails.words import money_text
from shared.clock import utcnow
from shared.ids import uuid7
from shared.links import read_link_token
from tests.factories.keys import LINK_SECRET

HEAD = Letterhead("no-reply@arende.example", "https://app.arende.example/", SecretStr(LINK_SECRET))


def mail(**overrides: Any) -> Mail:
    fields: dict[str, Any] = {
        "id": uuid7(),
        "kind": "invitation",
        "sender": "Söderbyrån AB",
        "email": "asa@kund.example",
        "language": "sv",
        "values": {
            "bureau_name": "Söderbyrån AB",
            "customer_name": "Ek & Son HB",
            "contact_name": "Åsa Ek",
            "expires_on": "30 april 2026",
        },
        "link_purpose": "invitation",
        "link_id": uuid7(),
        "message_id": "<1@app.arende.example>",
    }
    return Mail(**{**fields, **overrides})


def received(mail: Mail) -> EmailMessage:
    message = message_from_bytes(bytes(compose(mail, HEAD, at=utcnow())), policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_the_headers_name_the_bureau_and_one_recipient() -> None:
    message = received(mail())
    assert str(message["From"]) == "Söderbyrån AB via Ärende <no-reply@arende.example>"
    assert str(message["To"]) == "asa@kund.example"
    assert message["Message-ID"] == "<1@app.arende.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not {"Cc", "Bcc", "Reply-To"} & set(message)


@pytest.mark.parametrize("purpose", ["verify", "password-reset", "invitation"])
def test_a_signed_link_checks_out_for_its_purpose_only(purpose: Any) -> None:
    row = mail(link_purpose=purpose)
    token = link_of(row, HEAD).rpartition("/")[2]
    assert read_link_token(HEAD.link_secret, purpose, token) == row.link_id
    others = {"verify", "password-reset", "invitation"} - {purpose}
    assert not [other for other in others if read_link_token(HEAD.link_secret, other, token)]  # type: ignore[arg-type] # a set loses the literals


@pytest.mark.parametrize(
    ("purpose", "path"),
    [("case", "/cases/{}"), ("invoice", "/invoices/{}"), ("account", "/accounts/{}/members")],
)
def test_other_links_need_no_token(purpose: str, path: str) -> None:
    link_id = UUID(int=7)
    link = link_of(mail(link_purpose=purpose, link_id=link_id), HEAD)
    assert link == "https://app.arende.example" + path.format(link_id)


@pytest.mark.parametrize("name", ["Byrå\r\nBcc: thief@evil.example", 'By"rå <x@evil.example>', "a\u2028b\0c"])
def test_no_name_begins_a_header_or_an_address(name: str) -> None:
    message = received(mail(sender=name, values={**mail().values, "bureau_name": name}))
    assert "Bcc" not in message
    (sender,) = message["From"].addresses
    assert sender.addr_spec == "no-reply@arende.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "asa",
        "asa@kund.example, olle@kund.example",
        "asa@kund.example\r\nBcc: thief@evil.example",
        "Åsa <asa@kund.example>",
        "asa@localhost",
    ],
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        compose(mail(email=address), HEAD, at=utcnow())


def test_a_swedish_domain_is_written_in_ascii() -> None:
    assert str(received(mail(email="asa@byrån.se"))["To"]) == "asa@xn--byrn-soa.se"


def test_amounts_as_they_are_written() -> None:
    assert money_text(123456789, "sv") == "1\u00a0234\u00a0567,89\u00a0kr"
    assert money_text(123450, "en") == "SEK\u00a01,234.50"
    assert money_text(-5, "sv") == "-0,05\u00a0kr"
