"""The words of mails: `texts/<kind>.toml` has them in each language, and two layouts make HTML and text."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final
from unicodedata import category

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template, select_autoescape

from services.notifications.mails.links import with_links_taken_apart, without_links

FALLBACK_LANGUAGE: Final = "sv"
LONGEST_SUBJECT: Final = 150
# Values that are no words of the bureau's, and of which each character counts.
_AS_THEY_ARE: Final = ("person_email",)


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class _Texts:
    lines: Mapping[str, Template]
    paragraphs: tuple[tuple[Template, Template | None], ...]


@dataclass(frozen=True)
class _Paragraph:
    """`quoted` are the lines of somebody's own words, which `words` introduce."""

    words: str
    quoted: tuple[str, ...]


def render(kind: str, *, language: str, link: str | None, values: Mapping[str, str]) -> RenderedMail:
    """Raises FileNotFoundError for an unknown kind and jinja2.UndefinedError for a missing value.

    The subject is one line of at most 150 characters. Of the values only `message`, in somebody's own words,
    may have several lines; it is quoted without links. In names links are taken apart.
    """
    translations = _read(kind)
    language = language if language in translations else FALLBACK_LANGUAGE
    texts = translations[language]
    safe = {name: _safe(name, value) for name, value in values.items()}
    lines = {name: one_line(template.render(safe)) for name, template in texts.lines.items()}
    paragraphs = [_paragraph(*templates, safe) for templates in texts.paragraphs]
    subject = _shortened(lines["subject"])
    context = {
        **lines,
        "language": language,
        "link": link,
        "subject": subject,
        "paragraphs": [paragraph for paragraph in paragraphs if paragraph],
    }
    return RenderedMail(
        subject=subject,
        text=_environment().get_template("layout.txt.j2").render(context),
        html=_environment().get_template("layout.html.j2").render(context),
    )


@cache
def _read(kind: str) -> Mapping[str, _Texts]:
    compiled = _environment().from_string
    return {
        language: _Texts(
            lines={name: compiled(text[name]) for name in ("subject", "heading", "button", "reason")},
            paragraphs=tuple(
                (compiled(each), None)
                if isinstance(each, str)
                else (compiled(each["words"]), compiled(each["quoted"]))
                for each in text["paragraphs"]
            ),
        )
        for language, text in tomllib.loads(_source(f"{kind}.toml")).items()
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_source),
        # The texts are plain, and only the HTML layout escapes, so that each value is escaped exactly once.
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _source(name: str) -> str:
    return (files("services.notifications.mails") / "texts" / name).read_text(encoding="utf-8")


def one_line(value: str) -> str:
    """The value without line breaks and invisible characters: no name may begin a header or a paragraph."""
    breaks = (" " if category(character) in {"Cc", "Zl", "Zp"} else character for character in value)
    visible = (character for character in breaks if category(character) not in {"Cf", "Cs"})
    return re.sub(" {2,}", " ", "".join(visible)).strip()


def _safe(name: str, value: str) -> str:
    if name in _AS_THEY_ARE:
        return one_line(value)
    if name != "message":
        return with_links_taken_apart(one_line(value))
    lines = "\n".join(without_links(one_line(line)) for line in value.splitlines()).strip()
    return re.sub("\n{3,}", "\n\n", lines)


def _paragraph(words: Template, quoted: Template | None, values: Mapping[str, str]) -> _Paragraph | None:
    """None where there is nothing to quote."""
    if quoted is None:
        return _Paragraph(words.render(values), ())
    message = quoted.render(values)
    return _Paragraph(words.render(values), tuple(message.split("\n"))) if message else None


def _shortened(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
