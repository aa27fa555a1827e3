"""A template as it is used, ready-made or a bureau's own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from services.cases.case.tables import ApprovalRule, Priority
from services.cases.templates.placeholders import fill
from services.cases.templates.tables import OwnTemplate
from shared.clock import stockholm_date
from shared.events.cases import CaseType
from shared.events.identity import Language

Kind = Literal["ready_made", "own"]


@dataclass(frozen=True)
class Filled:
    """A template's texts with their placeholders replaced."""

    subject: str
    body: str
    items: list[str]
    due_on: date | None


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
        self, *, customer_name: str, first_names: str, period: str | None, due_on: date | None
    ) -> Filled:
        """`first_names` are those of the people whom the case is for."""
        values = {
            "customer.name": customer_name,
            "contact.first_name": first_names,
            "period": period or "",
            "due_on": due_on.isoformat() if due_on else "",
        }
        return Filled(
            subject=fill(self.subject, values),
            body=fill(self.body, values),
            items=[fill(each, values) for each in self.items],
            due_on=due_on,
        )
