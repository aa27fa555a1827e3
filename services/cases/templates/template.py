"""A template as it is used, ready-made or a bureau's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from services.cases.case.tables import ApprovalRule, Priority
from services.cases.templates.errors import PlaceholderWithoutValue
from services.cases.templates.placeholders import SOURCES, fill, names_in
from services.cases.templates.tables import OwnTemplate
from shared.clock import stockholm_date
from shared.errors import FieldError, InvalidRequest
from shared.events.cases import CaseType
from shared.events.identity import Language

Kind = Literal["ready_made", "own"]
# Characters, as for a text that somebody writes; the values of placeholders count.
LONGEST = {"subject": 200, "body": 20_000, "statement": 20_000, "items": 500}


@dataclass(frozen=True)
class Template:
    """`key` is None for a bureau's own template, `version` for a ready-made one, which nobody changes.

    `due_days` are counted from the day on which a case is created from it.
    """

    id: UUID
    kind: Kind
    key: str | None
    name: str
    type: CaseType
    subject: str
    body: str
    statement: str | None
    items: list[str]
    due_days: int | None
    priority: Priority
    approval_rule: ApprovalRule
    must_acknowledge: bool
    default_assignee_id: UUID | None
    language: Language
    version: int | None

    @classmethod
    def own(cls, row: OwnTemplate) -> Self:
        names = cls.__dataclass_fields__.keys() - {"kind", "key"}
        return cls(kind="own", key=None, **{name: getattr(row, name) for name in names})

    def due_on(self, at: datetime) -> date | None:
        return None if self.due_days is None else stockholm_date(at) + timedelta(days=self.due_days)

    def filled(
        self, *, customer_name: str, first_names: Sequence[str], period: str | None, due_on: date | None
    ) -> "Filled":
        """`first_names` are those of the people whom the case is for."""
        values = {
            "customer.name": customer_name,
            "contact.first_name": _listed(first_names, self.language) if first_names else "",
            "period": period or "",
            "due_on": due_on.isoformat() if due_on else "",
        }
        known = {name: value for name, value in values.items() if value}
        return Filled(
            template=self,
            subject=fill(self.subject, known),
            body=fill(self.body, known),
            statement=None if self.statement is None else fill(self.statement, known),
            items=[fill(each, known) for each in self.items],
            due_on=due_on,
            values=known,
        )


@dataclass(frozen=True)
class Filled:
    """A template's texts with their placeholders replaced, where there is a value."""

    template: Template
    subject: str
    body: str
    statement: str | None
    items: list[str]
    due_on: date | None
    values: Mapping[str, str]

    @property
    def language(self) -> Language:
        return self.template.language

    @property
    def missing(self) -> list[str]:
        """The placeholders that have no value."""
        return self._missing_in(tuple(LONGEST))

    def require_usable(self, fields: Sequence[str]) -> None:
        """For the texts that a case takes from the template. Raises PlaceholderWithoutValue, and
        InvalidRequest for texts that their values make too long."""
        if missing := self._missing_in(fields):
            errors = [
                FieldError(
                    SOURCES[name],
                    "placeholder_without_value",
                    en=f"Give it: it fills {{{{{name}}}}}.",
                    sv=f"Ange det: det fyller {{{{{name}}}}}.",
                )
                for name in missing
            ]
            raise PlaceholderWithoutValue(missing=", ".join(missing), errors=errors)
        too_long = [
            FieldError(
                name,
                "too_long",
                en=f"At most {LONGEST[name]} characters are possible when its placeholders are filled.",
                sv=f"Högst {LONGEST[name]} tecken är möjliga när platshållarna är ifyllda.",
            )
            for name in fields
            if any(len(text) > LONGEST[name] for text in _texts(getattr(self, name)))
        ]
        if too_long:
            raise InvalidRequest(errors=too_long)

    def _missing_in(self, fields: Sequence[str]) -> list[str]:
        texts = [text for name in fields for text in _texts(getattr(self.template, name))]
        return [name for name in names_in("\n".join(texts)) if name not in self.values]


def _texts(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _listed(names: Sequence[str], language: Language) -> str:
    """`Åsa, Bo och Cilla`"""
    *others, last = names
    word = "och" if language == "sv" else "and"
    return f"{', '.join(others)} {word} {last}" if others else last
