"""One way to write an e-mail address, so that two spellings of the same address compare equal."""

from unicodedata import normalize

import idna


def normalised(email: str) -> str:
    """Return the address as it is stored and compared; it never fails, whatever the text is.

    - White space around the address is removed.
    - Both parts are in lower case. RFC 5321, section 2.4, lets a mail server tell upper from lower case in
      the part before the `@`, and at the same time discourages it; no server that people use does.
    - Both parts are in Unicode's Normalization Form C, as RFC 6532, section 3.1, wants it for mail.
    - An internationalised domain stands in Unicode (U-labels), not in its ASCII form (`xn--…`, A-labels).
      RFC 5890, section 2.3.2.1, makes the two forms of a label equivalent. A domain whose A-labels decode to
      nothing that IDNA (RFC 5891) allows is kept as it is.

    Two addresses that reach the same mailbox by another rule (dots, `+tags`) stay two addresses.
    """
    if email.isascii() and "xn--" not in email.lower():
        return email.strip().lower()
    local, at, domain = _lower(email.strip()).rpartition("@")
    return _lower(f"{local}{at}{_with_unicode_labels(domain)}")


def _lower(text: str) -> str:
    # Lower case can leave a letter and its accent apart, so composing comes last.
    return normalize("NFC", text.lower())


def _with_unicode_labels(domain: str) -> str:
    try:
        return idna.decode(domain)
    except UnicodeError:
        return domain
