"""What a new case should say, before it is a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from services.cases.case.actors import Actor
from services.cases.case.errors import wrong_type
from services.cases.case.tables import ApprovalRule, Case, Priority
from services.cases.opening.errors import NOTHING_TO_APPROVE
from services.cases.opening.queries import Parties
from services.cases.templates.template import LONGEST, Filled
from shared.errors import FieldError, InvalidRequest
from shared.events.cases import CaseType
from shared.events.identity import Language
from shared.ids import uuid7


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What its sender wants a case to say. None leaves the choice to the template, or else to the table.

    `participant_ids` are contacts of the customer. A member names whom the question is for by `bureau_id` or
    `customer_id`, where the account has several collaborations, and by `assignee_id`.
    """

    customer_id: UUID | None = None
    type: CaseType | None = None
    subject: str | None = None
    body: str | None = None
    participant_ids: Sequence[UUID] = ()
    assignee_id: UUID | None = None
    follower_ids: Sequence[UUID] = ()
    due_on: date | None = None
    priority: Priority | None = None
    labels: Sequence[str] = ()
    items: Sequence[str] = ()
    approval_rule: ApprovalRule | None = None
    statement: str | None = None
    must_acknowledge: bool | None = None
    private_to_participants: bool = False
    template_id: UUID | None = None
    period: str | None = None
    language: Language | None = None
    send: bool = False
    account_id: UUID | None = None
    bureau_id: UUID | None = None

    def filled_from(self, filled: Filled) -> Self:
        """The draft with the template's words where the sender has not written any; what the sender writes is
        taken as it is. Raises PlaceholderWithoutValue and InvalidRequest."""
        template = filled.template
        said: dict[str, Any] = {
            "type": template.type,
            "subject": filled.subject,
            "body": filled.body,
            "statement": filled.statement,
            "items": filled.items,
            "due_on": filled.due_on,
            "priority": template.priority,
            "approval_rule": template.approval_rule,
            "must_acknowledge": template.must_acknowledge,
            "assignee_id": template.default_assignee_id,
        }
        kind = self.type or template.type
        taken = {
            name: value
            for name, value in said.items()
            if not self._says(name) and _ONLY_IN.get(name, kind) == kind
        }
        filled.require_usable([name for name in LONGEST if name in taken])
        return replace(self, **taken)

    def _says(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None and (name != "items" or len(value) > 0)

    def require_complete(self) -> None:
        """Raises InvalidRequest, which names the fields."""
        lacking = [name for name in ("type", "subject", "body") if getattr(self, name) is None]
        if self.type == "document_request" and not self.items:
            lacking.append("items")
        if self.type == "approval" and self.send and not self.statement:
            raise InvalidRequest(errors=[NOTHING_TO_APPROVE])
        if lacking:
            raise InvalidRequest(
                errors=[
                    FieldError(name, "required", en="This is required.", sv="Detta måste anges.")
                    for name in lacking
                ]
            )
        foreign = [
            wrong_type(name) for name, kind in _ONLY_IN.items() if getattr(self, name) and self.type != kind
        ]
        if foreign:
            raise InvalidRequest(errors=foreign)

    def case(self, parties: Parties, *, assignee_id: UUID, by: Actor, at: datetime) -> Case:
        """The new row. Columns that nobody decided on get the defaults of the table."""
        decided = {name: value for name in _COLUMNS if (value := getattr(self, name)) is not None}
        return Case(
            id=uuid7(),
            bureau_id=parties.bureau_id,
            customer_id=parties.customer_id,
            account_id=parties.account_id,
            number=parties.number,
            assignee_id=assignee_id,
            follower_ids=list(dict.fromkeys(self.follower_ids)),
            created_by_side=by.side,
            created_by=by.user_id,
            created_at=at,
            updated_at=at,
            shared_updated_at=at,
            **decided,
        )


# Fields that cases of one type alone have.
_ONLY_IN: Mapping[str, CaseType] = {
    "items": "document_request",
    "statement": "approval",
    "approval_rule": "approval",
    "must_acknowledge": "information",
}
# Fields of a draft that become the column of that name as they are.
_COLUMNS = (
    "type",
    "subject",
    "body",
    "statement",
    "approval_rule",
    "must_acknowledge",
    "private_to_participants",
    "due_on",
    "priority",
    "labels",
    "template_id",
    "period",
)
