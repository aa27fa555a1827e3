"""What mail programs make links of in somebody's own words: the reader trusts the product, not the writer."""

import re
from typing import Final
from unicodedata import category, normalize

LEFT_OUT: Final = "[…]"
_WORD: Final = re.compile(r"\S+")
# An address with a scheme, an e-mail address, a domain (`skatteverket.se/login`, `www.evil.example`), numbers
# with a path; never an amount, a time or a telephone number.
_LINK: Final = re.compile(
    r":[/\\]|\S@\S|\bwww\d?[.。]|[^\W_][-_]*[.。][^\W\d_]{2}|\d(?:\.\d{1,3}){3}[:/]", re.IGNORECASE
)
# Written together by habit, and no domain: `ex` and `fl` are none.
_ABBREVIATIONS: Final = re.compile(r"\W*(?:t\.ex|m\.fl)\W*", re.IGNORECASE)
# Letters that are drawn as nothing.
_UNSEEN: Final = dict.fromkeys(map(ord, "\u115f\u1160\u2800"))
_NEXT_SENTENCE: Final = re.compile(r"(?<=\w)\.(?=[A-ZÅÄÖ][a-zåäö]+(?:\s|$))")
_JOINT: Final = re.compile(r"(?<=[^\w\s-])(?=\w)")


def without_links(words: str) -> str:
    """With `[…]` for each link. Where only the space after a full stop is missing, it is put there."""
    spaced = _NEXT_SENTENCE.sub(". ", words)
    return _WORD.sub(lambda found: LEFT_OUT if _is_link(found[0]) else found[0], spaced)


def with_links_taken_apart(name: str) -> str:
    """A name keeps its words, since a company may be called `Ström.se AB`: it is shown as `Ström. se AB`."""
    return _WORD.sub(lambda found: _JOINT.sub(" ", found[0]) if _is_link(found[0]) else found[0], name)


def _is_link(word: str) -> bool:
    """Judged as it looks: without accents, without what is drawn as nothing, in plain letters and signs."""
    apart = normalize("NFKD", word).translate(_UNSEEN)
    plain = "".join(character for character in apart if not category(character).startswith("M"))
    return _LINK.search(plain) is not None and _ABBREVIATIONS.fullmatch(plain) is None
