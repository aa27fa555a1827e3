"""Bodies and answers of cases."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.cases.answers.schemas import AcknowledgementOut, ApprovalOut, ItemOut
from services.cases.queries import Filters
from services.cases.tables import ApprovalRule, Case, Priority, Step
from shared.callers import CallerEmployee, CallerMember
from shared.events.cases import CaseType, Side, Status
from shared.http.schemas import Answer, Body, Language, Line, Prose

People = Annotated[list[UUID], Field(max_length=100)]
Label = Annotated[Line, Field(max_length=50)]
Labels = Annotated[list[Label], Field(max_length=20)]
Items = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=100)]


class NewCase(Body):
    """From an employee, a case to a customer; from a member (`bureau_id` or `customer_id` where the account
    has several collaborations, `employee_id`, `subject`, `body`), a question to the bureau.
    What is left out is filled from the template."""

    customer_id: UUID | None = None
    type: CaseType | None = None
    subject: Line | None = None
    body: Prose | None = None
    participant_ids: People = Field(default_factory=list)
    assignee_id: UUID | None = None
    follower_ids: People = Field(default_factory=list)
    due_on: date | None = None
    priority: Priority | None = None
    labels: Labels = Field(default_factory=list)
    items: Items = Field(default_factory=list)
    approval_rule: ApprovalRule | None = None
    statement: Prose | None = None
    must_acknowledge: bool | None = None
    private_to_participants: bool = False
    template_id: UUID | None = None
    period: Annotated[str, Field(max_length=100)] | None = None
    language: Language = "sv"
    send: bool = False
    account_id: UUID | None = None
    bureau_id: UUID | None = None
    employee_id: UUID | None = None


class CaseChange(Body):
    subject: Line | None = None
    body: Prose | None = None
    due_on: date | None = None
    priority: Priority | None = None
    labels: Labels | None = None
    private_to_participants: bool | None = None

    def given(self) -> dict[str, Any]:
        """What was sent. Only the due date can be taken away by null."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name == "due_on"}


class Assignee(Body):
    employee_id: UUID


class Followers(Body):
    employee_ids: People


class Participants(Body):
    contact_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class CaseFilter(BaseModel):
    """The query of a list of cases."""

    status: list[Status] = Field(default_factory=list)
    type: CaseType | None = None
    customer: UUID | None = None
    assignee: UUID | None = None
    unread: bool | None = None
    overdue: bool | None = None
    waiting_for: Side | None = None
    label: Annotated[str, Field(max_length=50)] | None = None
    q: Annotated[str, Field(max_length=200)] | None = None
    updated_since: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=500)] | None = None

    def filters(self) -> Filters:
        return Filters(**{name: getattr(self, name) for name in Filters.__dataclass_fields__})


class ParticipantOut(BaseModel):
    contact_id: UUID | None
    user_id: UUID
    name: str | None


class CaseListed(Answer):
    id: UUID
    bureau_id: UUID
    number: str
    status: Status
    type: CaseType
    subject: str
    customer_id: UUID
    account_id: UUID
    assignee_id: UUID | None
    due_on: date | None
    overdue: bool
    priority: Priority
    labels: list[str]
    unread: bool
    waiting_for: Side | None
    waiting_for_customer_seconds: int
    waiting_for_bureau_seconds: int
    version: int
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None

    @classmethod
    def of(
        cls, case: Case, *, unread: bool, to: CallerEmployee | CallerMember, at: datetime, **more: Any
    ) -> Self:
        return cls(
            **{name: getattr(case, name) for name in _plain(cls)},
            # Labels are words for the bureau's own eyes.
            labels=case.labels if isinstance(to, CallerEmployee) else [],
            unread=unread,
            overdue=case.overdue(at=at),
            waiting_for=case.waiting_for,
            waiting_for_customer_seconds=case.seconds_waiting("customer", at=at),
            waiting_for_bureau_seconds=case.seconds_waiting("bureau", at=at),
            **more,
        )


class CaseOut(CaseListed):
    body: str
    statement: str | None
    approval_rule: ApprovalRule
    must_acknowledge: bool
    private_to_participants: bool
    template_id: UUID | None
    period: str | None
    created_by_side: Side
    created_by: UUID
    follower_ids: list[UUID]
    participants: list[ParticipantOut]
    items: list[ItemOut]
    approvals: list[ApprovalOut]
    acknowledgements: list[AcknowledgementOut]
    allowed_transitions: list[Step]
    resolved_at: datetime | None
    closed_at: datetime | None


class Counts(BaseModel):
    """How many the caller sees: in all, per status, waiting for each side, unread, overdue."""

    total: int
    status: dict[Status, int]
    waiting_for: dict[Literal["customer", "bureau"], int]
    unread: int
    overdue: int

    @classmethod
    def of(cls, rows: Sequence[Any]) -> Self:
        status: dict[Status, int] = {row[0]: row[1] for row in rows}
        return cls(
            total=sum(status.values()),
            status=status,
            waiting_for={
                "customer": status.get("waiting_for_customer", 0),
                "bureau": status.get("waiting_for_bureau", 0),
            },
            unread=sum(row[2] for row in rows),
            overdue=sum(row[3] for row in rows),
        )


@cache
def _plain(answer: type[CaseListed]) -> tuple[str, ...]:
    """What an answer takes from the row as it stands."""
    return tuple(_PLAIN & answer.model_fields.keys())


_PLAIN = frozenset(Case.__mapper__.column_attrs.keys()) - {
    "labels",
    "follower_ids",
    "waiting_for_customer_seconds",
    "waiting_for_bureau_seconds",
}
