"""The words of mails: complete in both languages, safe whatever a name contains, nothing of the dialogue."""

import unicodedata
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from jinja2 import UndefinedError

from services.notifications.mails.text import RenderedMail, render

LINK = "https://app.example/i/AbC_123-x?from=mail&lang=sv"
INVITATION = {
    "bureau_name": "Söderbyrån AB",
    "customer_name": "Ek & Son HB",
    "contact_name": "Åsa Ek",
    "expires_on": "30 april 2026",
}
ANSWER = {"customer_name": "Ek & Son HB", "contact_name": "Åsa Ek"}
ADMINISTRATOR = {
    "customer_name": "Ek & Son HB",
    "person_name": "Åsa Ek",
    "person_email": "asa@kund.example",
    "changed_on": "30 april 2026",
}
VALUES: dict[str, dict[str, str]] = {
    "verify_address": {"name": "Åsa Ek"},
    "employee_welcome": {"name": "Åsa Ek", "bureau_name": "Söderbyrån AB"},
    "member_welcome": {
        "name": "Åsa Ek",
        "account_name": "Ek & Son HB",
        "added_by_name": "Olle Ek",
    },
    "administrator_added": ADMINISTRATOR,
    "administrator_removed": ADMINISTRATOR,
    "acceptance_refused_unnamed": {},
    "invitation_accepted": ANSWER,
    "invitation_declined": ANSWER,
    "invitation_expired": ANSWER,
    "invitation_refused": {"customer_name": "Ek & Son HB", "person_name": "Åsa Ek"},
    "collaboration_ended": {"customer_name": "Ek & Son HB"},
    "password_reset": {"name": "Åsa Ek"},
    "password_changed": {"name": "Åsa Ek"},
    "sign_up_repeated": {"name": "Åsa Ek"},
    "credentials_changed": {"name": "Åsa Ek", "what_happened": "En passkey har lagts till."},
    "invitation": INVITATION,
    "invitation_reminder": INVITATION,
    "acceptance_refused": {
        "bureau_name": "Söderbyrån AB",
        "customer_name": "Ek & Son HB",
        "person_name": "Åsa Ek",
    },
    "case_sent": {
        "bureau_name": "Söderbyrån AB",
        "customer_name": "Ek & Son HB",
        "case_number": "2026-000123",
    },
    "case_received": {"customer_name": "Ek & Son HB", "case_number": "2026-000123"},
    "case_assigned": {"customer_name": "Ek & Son HB", "case_number": "2026-000123"},
    "case_updated": {"bureau_name": "Söderbyrån AB", "case_number": "2026-000123"},
    "invoice_issued": {
        "bureau_name": "Söderbyrån AB",
        "invoice_number": "10042",
        "month": "2026-03",
        "total_text": "1\u00a0234,50 kr",
        "due_on": "2026-05-30",
    },
}
every_mail_with_values = pytest.mark.parametrize("kind", sorted(kind for kind in VALUES if VALUES[kind]))
every_mail = pytest.mark.parametrize("kind", sorted(VALUES))
both_languages = pytest.mark.parametrize("language", ["sv", "en"])


class Page(HTMLParser):
    """The tags, links and words of a mail, as a mail program sees them."""

    def __init__(self, mail: RenderedMail) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.language: str | None = None
        self.words = ""
        self.feed(mail.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag == "html":
            self.language = dict(attrs)["lang"]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_text_on_disk_is_tried_here() -> None:
    names = [file.name for file in (files("services.notifications.mails") / "texts").iterdir()]
    assert {name.removesuffix(".toml") for name in names if name.endswith(".toml")} == VALUES.keys()


@every_mail
@both_languages
def test_html_and_text_carry_the_link_and_the_same_words(kind: str, language: str) -> None:
    mail = render(kind, language=language, link=LINK, values=VALUES[kind])
    page = Page(mail)
    assert page.language == language
    assert page.links == [LINK, LINK]
    assert LINK in page.words
    assert "img" not in page.tags
    assert LINK in mail.text.splitlines()
    assert 0 < len(mail.subject) <= 150
    for line in mail.text.splitlines():
        assert line.removesuffix(":") in page.words
    for value in VALUES[kind].values():
        assert value in mail.text
        assert value in page.words
    assert "{{" not in mail.subject + mail.text + mail.html


@every_mail
def test_the_languages_differ_and_an_unknown_one_gets_swedish(kind: str) -> None:
    swedish = render(kind, language="sv", link=LINK, values=VALUES[kind])
    assert swedish.text != render(kind, language="en", link=LINK, values=VALUES[kind]).text
    assert render(kind, language="fi", link=LINK, values=VALUES[kind]) == swedish


@every_mail
@both_languages
def test_without_a_link_there_is_no_button(kind: str, language: str) -> None:
    mail = render(kind, language=language, link=None, values=VALUES[kind])
    assert Page(mail).links == []
    assert "http" not in mail.text
    assert "None" not in mail.text + mail.html


@every_mail_with_values
@both_languages
def test_markup_in_a_value_is_text_in_the_html_and_untouched_in_the_text(kind: str, language: str) -> None:
    attack = "<script>alert('x')</script>\"><a href='evil'>Ek & Son</a>{{ 7 * 7 }}"
    values = dict.fromkeys(VALUES[kind], attack)
    mail = render(kind, language=language, link=LINK, values=values)
    page = Page(mail)
    assert "script" not in page.tags
    assert page.links == [LINK, LINK]
    assert attack in page.words
    assert attack in mail.text
    assert "&amp;lt;" not in mail.html


def test_markup_in_the_link_stays_inside_its_attribute() -> None:
    link = 'https://app.example/"><script>'
    mail = render("password_reset", language="sv", link=link, values=VALUES["password_reset"])
    assert Page(mail).links == [link, link]
    assert escape(link, quote=False) not in mail.html


BREAKS = ["\r\n", "\n", "\r", "\0", "\t", "\v", "\f", "\x1c", "\x1e", "\x7f", "\x85", "\u2028", "\u2029"]


@every_mail
@pytest.mark.parametrize("separator", BREAKS, ids=ascii)
def test_no_value_can_begin_a_header_or_a_paragraph(kind: str, separator: str) -> None:
    values = dict.fromkeys(VALUES[kind], f"Ek{separator}Bcc: thief@evil.example")
    mail = render(kind, language="sv", link=LINK, values=values)
    assert not {"Cc", "Cf", "Zl", "Zp"} & {unicodedata.category(character) for character in mail.subject}
    assert not any(line.startswith("Bcc") for line in mail.text.splitlines())
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message.set_content(mail.text)
    received = message_from_bytes(bytes(message), policy=SMTP)
    assert set(received) == {"Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    # Words are compared, because Python may double a space before an encoded word when it folds a line.
    assert received["Subject"].split() == mail.subject.split()


def test_what_reorders_or_cannot_be_encoded_is_removed() -> None:
    values = {**INVITATION, "bureau_name": "By\u202erån\ud800 \u200bAB\ufeff"}
    mail = render("invitation", language="sv", link=LINK, values=values)
    assert mail.subject.startswith("Byrån AB bjuder in")
    assert (mail.subject + mail.text + mail.html).encode()


def test_a_long_subject_is_cut_at_150_characters() -> None:
    values = {**INVITATION, "bureau_name": "Byrå " * 100}
    mail = render("invitation", language="sv", link=LINK, values=values)
    assert len(mail.subject) <= 150
    assert mail.subject.endswith("…")


@pytest.mark.parametrize(
    ("kind", "missing"), [(kind, name) for kind in sorted(VALUES) for name in VALUES[kind]]
)
@both_languages
def test_a_missing_value_raises(kind: str, missing: str, language: str) -> None:
    values = {name: value for name, value in VALUES[kind].items() if name != missing}
    with pytest.raises(UndefinedError):
        render(kind, language=language, link=LINK, values=values)


def test_an_unknown_kind_raises() -> None:
    with pytest.raises(FileNotFoundError):
        render("case_reminder_of_old", language="sv", link=LINK, values={})


@pytest.mark.parametrize("kind", ["invitation", "invitation_reminder"])
@both_languages
def test_the_bureau_s_message_is_quoted_with_its_lines(kind: str, language: str) -> None:
    values = {**INVITATION, "message": "Välkommen!\r\n\r\n<b>Ring</b> gärna.\0"}
    mail = render(kind, language=language, link=LINK, values=values)
    assert "\n> Välkommen!\n>\n> <b>Ring</b> gärna.\n" in mail.text
    assert "Välkommen!<br><br>&lt;b&gt;Ring&lt;/b&gt; gärna.</blockquote>" in mail.html
    # Whose words they are stands before them.
    said = "skriver, med egna ord" if language == "sv" else "writes, in their own words"
    for text in (mail.text, mail.html):
        assert text.index(f"Söderbyrån AB {said}") < text.index("Välkommen!")


@pytest.mark.parametrize("values", [INVITATION, {**INVITATION, "message": ""}])
@both_languages
def test_no_message_leaves_no_trace(values: dict[str, str], language: str) -> None:
    mail = render("invitation", language=language, link=LINK, values=values)
    assert not {"skriver", "writes", "”"} & set(mail.text.replace(":", " ").split())
    assert "\n\n\n" not in mail.text
    assert "<p></p>" not in mail.html


@both_languages
def test_an_updated_case_names_the_other_side(language: str) -> None:
    values = {"customer_name": "Ek & Son HB", "case_number": "2026-000123"}
    mail = render("case_updated", language=language, link=LINK, values=values)
    assert "Ek & Son HB" in mail.subject
    assert "Ek & Son HB" in mail.text


@pytest.mark.parametrize("kind", ["case_sent", "case_received", "case_assigned", "case_updated"])
@both_languages
def test_a_mail_about_a_case_shows_nothing_of_it(kind: str, language: str) -> None:
    dialogue = {"subject": "Uppsägning av VD", "body": "Hemligt", "message": "Hemligt", "heading": "Hemligt"}
    plain = render(kind, language=language, link=LINK, values=VALUES[kind])
    assert render(kind, language=language, link=LINK, values={**VALUES[kind], **dialogue}) == plain
