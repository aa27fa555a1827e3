"""What somebody wrote themselves leaves in mails without links, and stays readable."""

import unicodedata

import pytest

from services.notifications.mails.text import render
from tests.notifications.mails.test_text import (
    ANSWER,
    INVITATION,
    LINK,
    VALUES,
    Page,
    both_languages,
    every_mail_with_values,
)

LINKS = [
    "https://evil.example/x?y",
    "HTTP://evil.example",
    "hxxp://evil",
    "https:\\\\evil",
    "https:\uff0f\uff0fevil",
    "www.evil.example",
    "www.evil",
    "evil.example",
    "evil.se/login",
    "evil-inloggning.top",
    "xn--evil-5qa.se",
    "evil.xn--p1ai",
    "éevil.se",
    "evil\u0301.se",
    "evil\uff0ese",
    "evil\u3002se",
    "evil\u2024se",
    "\uff45\uff56\uff49\uff4c.\uff53\uff45",
    "evil\u200b.\u200bse",
    "ev\u00adil\u2060.se",
    "evil.\u034fse",
    "\u202eevil.se",
    "evil.se.",
    "\u201cevil.se\u201d",
    "[evil.se](evil.se)",
    "<evil.se>",
    "anna@evil.example",
    "anna\uff20evil",
    "mailto:anna@evil.example",
    "evil.se:8080/x",
    "Evil.Se/login",
    "192.168.1.1/evil",
]
HARMLESS = [
    "Ring 070-123 45 67 eller +46 8 123 45 67, tel:08-123.",
    "070.123.45.67 går också bra.",
    "Den 2026-10-31 kl. 10.30, eller kl.10.",
    "1.234,50 kr och/eller 100.000 kr",
    "T.ex. kvitton m.fl. underlag, d.v.s. bl.a. bilagor p.g.a. bokslut.",
    "Hej ... och välkommen, ett...två",
    "Nr.5 @anna #4 50% (a/b)",
]


@pytest.mark.parametrize("link", LINKS, ids=ascii)
@both_languages
def test_what_somebody_wrote_is_quoted_without_links(link: str, language: str) -> None:
    values = {**ANSWER, "message": f"Se ({link}) här.\n{link}\nHej {link}"}
    mail = render("invitation_declined", language=language, link=None, values=values)
    for text in (mail.text, mail.html):
        assert "evil" not in unicodedata.normalize("NFKC", text)
        assert "login" not in text
    assert "> Se […] här.\n> […]\n> Hej […]\n" in mail.text


@pytest.mark.parametrize("words", HARMLESS)
@both_languages
def test_what_is_no_link_stays_as_it_was_written(words: str, language: str) -> None:
    mail = render("invitation", language=language, link=LINK, values={**INVITATION, "message": words})
    assert f"> {words}\n" in mail.text
    assert words in Page(mail).words


def test_a_missing_space_after_a_sentence_is_put_there() -> None:
    values = {**INVITATION, "message": "Välkommen till Ek AB.Vi hörs.Anna"}
    mail = render("invitation", language="sv", link=LINK, values=values)
    assert "> Välkommen till Ek AB. Vi hörs. Anna\n" in mail.text


@every_mail_with_values
@both_languages
def test_a_link_in_a_name_is_taken_apart(kind: str, language: str) -> None:
    names = {name for name in VALUES[kind] if name.endswith("name")}
    values = {**VALUES[kind], **dict.fromkeys(names, "Logga in: evil.se/login AB")}
    mail = render(kind, language=language, link=LINK, values=values)
    for text in (mail.subject, mail.text, mail.html):
        assert "evil.se" not in text
        assert "se/login" not in text
    assert not names or "Logga in: evil. se/ login AB" in mail.text


def test_a_message_can_not_push_the_rest_out_of_sight() -> None:
    values = {**INVITATION, "message": "Hej" + "\n" * 900 + "\u2028" * 900 + "då"}
    mail = render("invitation", language="sv", link=LINK, values=values)
    assert "> Hej\n>\n> då\n" in mail.text
    assert mail.html.count("<br>") <= 3
