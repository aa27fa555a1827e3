from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from services.cases.acknowledgements.schemas import AcknowledgementOut
from services.cases.approvals.schemas import ApprovalOut, DocumentOut
from services.cases.case.actors import Caller, side_of
from services.cases.case.schemas import Labels, ListedCaseOut, ShownText, Subject, Text
from services.cases.case.tables import ApprovalRule, Priority, Step
from services.cases.detail.queries import Detail
from services.cases.items.schemas import ItemOut
from shared.callers import CallerEmployee
from shared.events.cases import Side
from shared.http.schemas import Answer, Body, Day, Flag

# What a change may take away by null.
REMOVABLE = {"due_on", "statement"}


class CaseChange(Body):
    """What to change; fields that are left out stay as they are."""

    subject: Subject | None = None
    """Only in a draft."""
    body: Text | None = None
    """Only in a draft."""
    statement: Text | None = None
    """Only in the draft of an `approval`. Null takes it away."""
    due_on: Day | None = None
    """Null takes the due date away."""
    priority: Priority | None = None
    """The customer sees it."""
    labels: Labels | None = None
    """All of them, in place of the earlier ones; the customer does not see them."""
    private_to_participants: Flag | None = None
    """Whether administrators of the account who take no part are kept out."""

    def given(self) -> dict[str, Any]:
        """What was sent. Null takes away what can be without a value; elsewhere it changes nothing."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name in REMOVABLE}


class ParticipantOut(Answer):
    """A person at the customer whom the case is with."""

    contact_id: UUID | None
    """The person among the customer's contacts at the bureau; null for an author who is none of them, and in
    a draft for who has left."""
    user_id: UUID
    """The person's log-in."""
    name: Annotated[str | None, Field(examples=["Karin Berg"])]
    """Null where the person is not known here, or has been erased."""
    is_contact: bool | None
    """Whether the person is among the customer's contacts. Where not, an employee can add the person by
    `PUT /v1/customers/{customer_id}/contacts/members/{user_id}`. Null for members."""


class CaseOut(ListedCaseOut):
    """A case whole, but for its messages, notes, files and timeline."""

    body: ShownText
    """What the sender wrote when the case was opened."""
    statement: Annotated[str | None, Field(examples=[None])]
    """What an `approval` asks to agree to, in words; null for none."""
    approval_rule: ApprovalRule
    """For an `approval`: whether one approver is enough, or all must approve."""
    must_acknowledge: bool
    """For `information`: whether each participant is asked to say that they have read it."""
    private_to_participants: bool
    """Whether administrators of the account who take no part are kept out."""
    template_id: UUID | None
    """The template that it was created from, if any."""
    period: Annotated[str | None, Field(examples=["October 2026"])]
    """What the template's `{{period}}` was filled with."""
    created_by_side: Side
    """Whether the bureau or the customer opened it."""
    created_by: UUID
    """The user who opened it."""
    follower_ids: list[UUID]
    """Employees who follow it beside the assignee; always empty for members."""
    participants: list[ParticipantOut]
    """Whom at the customer the case is with."""
    items: list[ItemOut]
    """What a `document_request` asks for; empty for every other type."""
    documents: list[DocumentOut]
    """What an `approval` asks to agree to, each in its newest version; empty for every other type."""
    approvals: list[ApprovalOut]
    """The decisions of an `approval`, void ones included; empty for every other type."""
    acknowledgements: list[AcknowledgementOut]
    """Who has said that they have read an `information`; empty for every other type."""
    allowed_transitions: list[Step]
    """The steps that an employee can take now: none where the case can only be read, and none for members."""
    resolved_at: datetime | None
    """When it was last resolved; null while it is not."""
    closed_at: datetime | None
    """When it was closed or cancelled."""

    @classmethod
    def shown(cls, detail: Detail, *, to: Caller, at: datetime) -> Self:
        case, names, at_bureau = detail.case, detail.names, isinstance(to, CallerEmployee)
        return cls.of(
            case,
            unread=case.news_for(side_of(to)) > detail.read,
            to=to,
            at=at,
            follower_ids=case.follower_ids if at_bureau else [],
            allowed_transitions=case.allowed_transitions() if at_bureau and detail.writable else [],
            participants=[
                ParticipantOut(
                    contact_id=detail.contact_ids.get(each.user_id),
                    user_id=each.user_id,
                    name=names.get(each.user_id),
                    is_contact=each.user_id in detail.contact_ids if at_bureau else None,
                )
                for each in detail.people
            ],
            items=[ItemOut.of(each, detail.files) for each in detail.items],
            documents=[
                DocumentOut.model_validate(each.as_document())
                for each in detail.files
                if case.type == "approval" and each.is_document
            ],
            approvals=[ApprovalOut.of(each, names) for each in detail.approvals],
            acknowledgements=[
                AcknowledgementOut(user_id=each.user_id, name=names.get(each.user_id), at=each.at)
                for each in detail.acknowledgements
            ],
        )
