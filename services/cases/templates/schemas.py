from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.cases.tables import ApprovalRule, Priority
from services.cases.templates.template import Kind
from shared.events.cases import CaseType
from shared.http.schemas import Answer, Body, Language, Line, Prose

Items = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=100)]
DueDays = Annotated[int, Field(ge=0, le=366)]
# What a change may take away by null.
REMOVABLE = {"due_days", "default_assignee_id"}


class NewTemplate(Body):
    name: Line
    type: CaseType
    subject: Line
    body: Prose
    items: Items = Field(default_factory=list)
    due_days: DueDays | None = None
    priority: Priority = "normal"
    approval_rule: ApprovalRule = "one"
    must_acknowledge: bool = False
    default_assignee_id: UUID | None = None
    language: Language = "sv"


class TemplateChange(Body):
    name: Line | None = None
    subject: Line | None = None
    body: Prose | None = None
    items: Items | None = None
    due_days: DueDays | None = None
    priority: Priority | None = None
    approval_rule: ApprovalRule | None = None
    must_acknowledge: bool | None = None
    default_assignee_id: UUID | None = None
    language: Language | None = None

    def given(self) -> dict[str, Any]:
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in REMOVABLE}


class TemplateOut(Answer):
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


class PreviewWanted(Body):
    customer_id: UUID
    period: Annotated[str, Field(max_length=100)] | None = None


class PreviewOut(Answer):
    subject: str
    body: str
    items: list[str]
    due_on: date | None
