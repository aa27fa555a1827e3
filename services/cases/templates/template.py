"""A template as it is used, ready-made or a bureau's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from services.cases.tables import ApprovalRule, Priority
from services.cases.templates.placeholders import fill
from services.cases.templates.tables import OwnTemplate
from shared.clock import stockholm_date
from shared.events.cases import CaseType
from shared.http.schemas import Language

Kind = Literal["ready_made", "own"]


@dataclass(frozen=True)
class Template:
    """`key` is a ready-made one's, `version` an own one's. `due_days`: from the day of the case."""

    id: UUID
    kind: Kind
    key: str | None
    name: str
    type: CaseType
    subject: str
    body: str
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


@dataclass(frozen=True)
class Filled:
    subject: str
    body: str
    items: list[str]
    due_on: date | None

    @classmethod
    def of(cls, template: Template, values: Mapping[str, str], *, due_on: date | None) -> Self:
        return cls(
            subject=fill(template.subject, values),
            body=fill(template.body, values),
            items=[fill(each, values) for each in template.items],
            due_on=due_on,
        )
