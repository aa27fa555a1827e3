from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.cases.case.schemas import People
from services.cases.case.tables import ApprovalRule, Priority
from services.cases.items.schemas import WantedItems
from services.cases.templates.template import Kind
from shared.events.cases import CaseType
from shared.http.schemas import Answer, Body, Day, Flag, Language, Line, OneLine, Prose

Name = Annotated[Line, Field(examples=["Mileage log"])]
Subject = Annotated[Line, Field(examples=["Mileage log {{period}}"])]
Text = Annotated[
    Prose, Field(examples=["Hello {{contact.first_name}}, please send your mileage log by {{due_on}}."])
]
Statement = Annotated[Prose, Field(examples=["I have read the report and approve it."])]
DueDays = Annotated[int, Field(strict=True, ge=0, le=366, examples=[12])]
Period = Annotated[OneLine, Field(max_length=100, examples=["October 2026"])]
# What a change may take away by null.
REMOVABLE = {"due_days", "default_assignee_id", "statement"}


class TemplateIn(Body):
    """A template of the bureau's own. Its texts may hold the placeholders `{{customer.name}}`, `{{period}}`,
    `{{contact.first_name}}` and `{{due_on}}`, and no others."""

    name: Name
    """What the bureau's employees choose it by; customers do not see it."""
    type: CaseType
    """The type of the cases that are created from it; it can't be changed later."""
    subject: Subject
    """Of the cases, at most 200 characters before placeholders are filled in."""
    body: Text
    """Of the cases, at most 20,000 characters before placeholders are filled in."""
    statement: Statement | None = None
    """For an `approval`: what one agrees to, in words; at most 20,000 characters. No other type has one."""
    items: WantedItems = Field(default_factory=list)
    """What a `document_request` asks for, at least one; empty for every other type."""
    due_days: DueDays | None = None
    """Days from the day on which a case is created until it is due; null for no due date."""
    priority: Priority = "normal"
    """Of the cases."""
    approval_rule: ApprovalRule = "one"
    """For an `approval`: whether one approver is enough, or all must approve."""
    must_acknowledge: Flag = False
    """For `information`: whether each participant is asked to say that they have read it."""
    default_assignee_id: UUID | None = None
    """The employee who gets the cases, null for the one who creates each of them."""
    language: Language = "sv"
    """Of its texts."""


class TemplateChange(Body):
    """What to change; fields that are left out stay as they are."""

    name: Name | None = None
    """What the bureau's employees choose it by."""
    subject: Subject | None = None
    """Of new cases; those that were created before keep theirs."""
    body: Text | None = None
    """Of new cases; those that were created before keep theirs."""
    statement: Statement | None = None
    """Of new approvals: what one agrees to; null takes it away."""
    items: WantedItems | None = None
    """All that a `document_request` asks for, in place of the earlier ones."""
    due_days: DueDays | None = None
    """Days from the day on which a case is created; null takes the due date away."""
    priority: Priority | None = None
    """Of new cases."""
    approval_rule: ApprovalRule | None = None
    """For an `approval`: whether one approver is enough, or all must approve."""
    must_acknowledge: Flag | None = None
    """For `information`: whether each participant is asked to say that they have read it."""
    default_assignee_id: UUID | None = None
    """The employee who gets new cases; null for the one who creates each of them."""
    language: Language | None = None
    """Of its texts."""

    def given(self) -> dict[str, Any]:
        """What was sent. Null takes away what can be without a value; elsewhere it changes nothing."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in REMOVABLE}


class TemplateOut(Answer):
    id: UUID
    """The same in every installation for a ready-made one."""
    kind: Kind
    """`ready_made` ones ship with the product and can't be changed; `own` ones belong to the bureau."""
    key: Annotated[str | None, Field(examples=["vat_documents"])]
    """A ready-made one's name for programs, the same in both languages; null for an own one."""
    name: Annotated[str, Field(examples=["Mileage log"])]
    """What the bureau's employees choose it by."""
    type: CaseType
    """The type of the cases that are created from it."""
    subject: Annotated[str, Field(examples=["Mileage log {{period}}"])]
    """Of the cases, with its placeholders."""
    body: Annotated[str, Field(examples=["Please send your mileage log by {{due_on}}."])]
    """Of the cases, with its placeholders."""
    statement: Annotated[str | None, Field(examples=[None])]
    """What one agrees to by approving, with its placeholders; null for every type but `approval`."""
    items: Annotated[list[str], Field(examples=[["The log for {{period}}"]])]
    """What a `document_request` asks for; empty for every other type."""
    due_days: Annotated[int | None, Field(examples=[12])]
    """Days from the day on which a case is created until it is due; null for no due date."""
    priority: Priority
    """Of the cases."""
    approval_rule: ApprovalRule
    """For an `approval`: whether one approver is enough, or all must approve."""
    must_acknowledge: bool
    """For `information`: whether each participant is asked to say that they have read it."""
    default_assignee_id: UUID | None
    """The employee who gets the cases; null for the one who creates each of them, or after that one left."""
    language: Language
    """Of its texts."""
    version: Annotated[int | None, Field(examples=[3])]
    """One more with each change, as in the `ETag`; null for a ready-made one."""


class PreviewIn(Body):
    """As for the case that would be created (`POST /v1/cases`)."""

    customer_id: UUID
    """The customer whose name is filled in."""
    participant_ids: People = Field(default_factory=list)
    """Contacts whose names are filled in; without them the customer's main contact."""
    period: Period | None = None
    """What `{{period}}` becomes."""
    due_on: Day | None = None
    """In place of the day that follows from the template's `due_days`."""


class PreviewOut(Answer):
    """A template's texts as a case that is created today would have them."""

    subject: Annotated[str, Field(examples=["Mileage log October 2026"])]
    """With its placeholders filled in, except those that are `missing`."""
    body: Annotated[str, Field(examples=["Hello Karin, please send your mileage log by 2026-12-05."])]
    """With its placeholders filled in, except those that are `missing`."""
    statement: Annotated[str | None, Field(examples=[None])]
    """What one agrees to by approving, filled in like the body; null for every type but `approval`."""
    items: Annotated[list[str], Field(examples=[["The log for October 2026"]])]
    """With their placeholders filled in, except those that are `missing`."""
    due_on: date | None
    """When a case that is created today is due, by the Swedish calendar."""
    language: Language
    """Of the texts: as asked for, or else the first recipient's; an own template has its own."""
    missing: Annotated[list[str], Field(examples=[["period"]])]
    """Placeholders that have no value: while there are any, no case is created with these texts."""
