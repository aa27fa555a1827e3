"""What cases publishes: ids, numbers and states, and nothing of a dialogue."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.events import Event

CaseType = Literal["question", "document_request", "approval", "information"]
Side = Literal["bureau", "customer"]
Status = Literal[
    "draft", "sent", "waiting_for_customer", "waiting_for_bureau", "resolved", "closed", "cancelled"
]


class CaseEvent(Event):
    """A case as it is now. `by` is the side that has acted; `recipient_ids` are the user ids of those whom it
    concerns on the other side. `assignee_id` is the employee who holds it; None in events of 0.1.
    `author_id` is the member who wrote it; None for a case of the bureau's, and in events of 0.1."""

    source = "/arende/cases"
    subject = "case_id"
    public = True
    partner_facts: ClassVar[tuple[str, ...]] = ("number", "case_type", "status", "by")

    case_id: UUID
    customer_id: UUID
    number: str
    case_type: CaseType
    status: Status
    account_id: UUID
    by: Side
    assignee_id: UUID | None = None
    author_id: UUID | None = None
    recipient_ids: list[UUID] = Field(default_factory=list)


class CaseCreated(CaseEvent):
    type = "se.arende.case.created.v1"


class CaseSent(CaseEvent):
    type = "se.arende.case.sent.v1"


class CaseChanged(CaseEvent):
    type = "se.arende.case.changed.v1"


class CaseAssigned(CaseEvent):
    type = "se.arende.case.assigned.v1"

    assignee_id: UUID


class CaseStatusChanged(CaseEvent):
    type = "se.arende.case.status_changed.v1"
    partner_facts = (*CaseEvent.partner_facts, "previous")

    previous: Status


class CaseRead(CaseEvent):
    type = "se.arende.case.read.v1"


class CaseResolved(CaseEvent):
    type = "se.arende.case.resolved.v1"


class CaseClosed(CaseEvent):
    type = "se.arende.case.closed.v1"


class CaseReopened(CaseEvent):
    type = "se.arende.case.reopened.v1"


class CaseCancelled(CaseEvent):
    type = "se.arende.case.cancelled.v1"


class MessagePosted(CaseEvent):
    type = "se.arende.message.posted.v1"

    message_id: UUID


class NoteAdded(CaseEvent):
    """Not public: a bureau's notes are its own, even that there is one."""

    type = "se.arende.note.added.v1"
    public = False

    note_id: UUID


class ItemEvent(CaseEvent):
    item_id: UUID


class ItemAnswered(ItemEvent):
    type = "se.arende.item.answered.v1"


class ItemAccepted(ItemEvent):
    type = "se.arende.item.accepted.v1"


class ItemReturned(ItemEvent):
    type = "se.arende.item.returned.v1"


class ApprovalRequested(CaseEvent):
    type = "se.arende.approval.requested.v1"


class ApprovalDecided(CaseEvent):
    approval_id: UUID


class ApprovalApproved(ApprovalDecided):
    type = "se.arende.approval.approved.v1"


class ApprovalDeclined(ApprovalDecided):
    type = "se.arende.approval.declined.v1"


class FileAdded(CaseEvent):
    type = "se.arende.file.added.v1"

    file_id: UUID


class FileQuarantined(CaseEvent):
    """The virus scanner has refused a file, which is not kept. The case has not changed by it."""

    type = "se.arende.file.quarantined.v1"
