"""The case with its rules, the people it is with, its number, and what each person has read of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.case.contents import Content
from services.cases.case.errors import CaseNotOpen, ReopenedTooLate, TransitionNotAllowed, WrongCaseType
from services.cases.tables import Row
from shared.clock import stockholm_date
from shared.events.cases import CaseType, Side, Status

Priority = Literal["low", "normal", "high"]
ApprovalRule = Literal["one", "all"]
Step = Literal["send", "ask_customer", "hand_to_bureau", "resolve", "close", "reopen", "cancel"]

OPEN: frozenset[Status] = frozenset({"sent", "waiting_for_customer", "waiting_for_bureau"})
# From which statuses each step may be taken, and the status it leads to.
STEPS: Mapping[Step, tuple[frozenset[Status], Status]] = {
    "send": (frozenset({"draft"}), "waiting_for_customer"),
    "ask_customer": (frozenset({"sent", "waiting_for_bureau", "resolved"}), "waiting_for_customer"),
    "hand_to_bureau": (frozenset({"sent", "waiting_for_customer"}), "waiting_for_bureau"),
    "resolve": (OPEN, "resolved"),
    "close": (frozenset({"resolved"}), "closed"),
    "reopen": (frozenset({"resolved"}), "waiting_for_bureau"),
    "cancel": (OPEN | {"draft"}, "cancelled"),
}
BY_HAND: tuple[Step, ...] = ("send", "resolve", "close", "reopen", "cancel")
REOPENABLE = timedelta(days=30)


class Case(Row):
    """One matter between a bureau and a customer.

    `shared_*` is the case as the customer knows it: what is the bureau's own, such as all that happens in a
    draft, notes, followers and labels, moves none of it.
    `changed_by_*` is the shared version at which that side last did something that is news to the other side.
    `timeline_*` are the length and the last hash of its timeline, so that a removed last entry is found too.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("bureau_id", "number"),
        Index(None, "bureau_id", "updated_at", "id"),
        Index(None, "account_id", "shared_updated_at", "id"),
        Index(None, "bureau_id", "customer_id"),
        Index(None, "bureau_id", "assignee_id"),
        Index("ix_cases_resolved", "resolved_at", postgresql_where="status = 'resolved'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    account_id: Mapped[UUID]
    number: Mapped[str]
    type: Mapped[CaseType] = mapped_column(Text)
    status: Mapped[Status] = mapped_column(Text, default="draft")
    subject: Mapped[str]
    body: Mapped[str]
    statement: Mapped[str | None]
    approval_rule: Mapped[ApprovalRule] = mapped_column(Text, default="one")
    must_acknowledge: Mapped[bool] = mapped_column(default=False)
    private_to_participants: Mapped[bool] = mapped_column(default=False)
    created_by_side: Mapped[Side] = mapped_column(Text)
    created_by: Mapped[UUID]
    assignee_id: Mapped[UUID | None]
    follower_ids: Mapped[list[UUID]] = mapped_column(default=list)
    due_on: Mapped[date | None]
    priority: Mapped[Priority] = mapped_column(Text, default="normal")
    labels: Mapped[list[str]] = mapped_column(default=list)
    template_id: Mapped[UUID | None]
    period: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    waiting_for_customer_seconds: Mapped[int] = mapped_column(default=0)
    waiting_for_bureau_seconds: Mapped[int] = mapped_column(default=0)
    changed_by_bureau: Mapped[int] = mapped_column(default=0)
    changed_by_customer: Mapped[int] = mapped_column(default=0)
    timeline_length: Mapped[int] = mapped_column(default=0)
    timeline_hash: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    shared_version: Mapped[int] = mapped_column(default=0)
    shared_updated_at: Mapped[datetime]
    shared_timeline_length: Mapped[int] = mapped_column(default=0)
    shared_timeline_hash: Mapped[str] = mapped_column(default="")

    def take(self, step: Step, *, at: datetime) -> Status:
        """Go on to the step's status. Returns the status before. Raises TransitionNotAllowed."""
        sources, target = STEPS[step]
        previous = self.status
        if previous not in sources:
            raise TransitionNotAllowed(
                status_now=previous, transition=step, allowed_transitions=self.allowed_transitions()
            )
        if step == "send" and self.type == "information" and not self.must_acknowledge:
            # It asks for nothing, so it waits for nobody.
            target = "sent"
        self._enter(target, at)
        return previous

    def has_taken(self, step: Step) -> bool:
        """Whether the case is where the step would lead, so that taking it again changes nothing. That a case
        waits does not tell whether it was sent or reopened: those steps are refused the second time."""
        return step in ("resolve", "close", "cancel") and self.status == STEPS[step][1]

    def allowed_transitions(self) -> list[Step]:
        return [step for step in BY_HAND if self.status in STEPS[step][0]]

    def begin_with_bureau(self, *, at: datetime) -> None:
        """What the customer opens is never a draft: it waits for the bureau from its first moment."""
        self._enter("waiting_for_bureau", at)
        self.shared_version = self.changed_by_customer = 1

    def _enter(self, status: Status, at: datetime) -> None:
        self.waiting_for_customer_seconds = self.seconds_waiting("customer", at=at)
        self.waiting_for_bureau_seconds = self.seconds_waiting("bureau", at=at)
        self.status = status
        self.waiting_since = at if self.waiting_for else None
        self.sent_at = self.sent_at or (None if status == "cancelled" else at)
        self.resolved_at = at if status == "resolved" else self.resolved_at if status == "closed" else None
        self.closed_at = at if status in ("closed", "cancelled") else None

    @property
    def author_id(self) -> UUID | None:
        """The member who wrote the case; None for a case of the bureau's."""
        return self.created_by if self.created_by_side == "customer" else None

    @property
    def waiting_for(self) -> Side | None:
        sides: Mapping[Status, Side] = {"waiting_for_customer": "customer", "waiting_for_bureau": "bureau"}
        return sides.get(self.status)

    def seconds_waiting(self, side: Side, *, at: datetime) -> int:
        """Whole seconds that the case has waited for this side, the running turn included."""
        past = self.waiting_for_customer_seconds if side == "customer" else self.waiting_for_bureau_seconds
        if self.waiting_for != side or self.waiting_since is None:
            return past
        return past + max(0, int((at - self.waiting_since).total_seconds()))

    def overdue(self, *, at: datetime) -> bool:
        return self.status in OPEN and self.due_on is not None and self.due_on < stockholm_date(at)

    def changed(self, *, at: datetime, news_from: Side | None = None, internal: bool = False) -> None:
        """Count a new version; unless it is `internal` or a draft's, the customer sees it too. `news_from` is
        the side that did something which the other should read."""
        self.version += 1
        self.updated_at = max(at, self.updated_at)
        if internal or self.sent_at is None:
            return
        self.shared_version += 1
        self.shared_updated_at = max(at, self.shared_updated_at)
        if news_from == "bureau":
            self.changed_by_bureau = self.shared_version
        elif news_from == "customer":
            self.changed_by_customer = self.shared_version

    def version_for(self, side: Side) -> int:
        return self.version if side == "bureau" else self.shared_version

    def updated_for(self, side: Side) -> datetime:
        return self.updated_at if side == "bureau" else self.shared_updated_at

    def contents(self) -> list[Content]:
        said = {"subject": self.subject, "body": self.body, "statement": self.statement}
        return [Content.of_text(key, text) for key, text in said.items() if text is not None]

    def news_for(self, side: Side) -> int:
        return self.changed_by_bureau if side == "customer" else self.changed_by_customer

    def require_open(self) -> None:
        if self.status not in OPEN:
            raise CaseNotOpen(status_now=self.status, allowed_transitions=self.allowed_transitions())

    def require_type(self, wanted: CaseType) -> None:
        if self.type != wanted:
            raise WrongCaseType(case_type=self.type)

    def turn_after_message(self, side: Side, *, at: datetime, heard: bool = True) -> Status | None:
        """After a message the case waits for the other side. Returns the status before where that changed it.

        A message from the customer reopens a resolved case; one from the bureau leaves it resolved. One that
        nobody at the customer has `heard` leaves the turn with the bureau.
        """
        if self.status == "resolved" and side == "bureau":
            return None
        if self.status == "resolved":
            if self.resolved_at is not None and at > self.resolved_at + REOPENABLE:
                raise ReopenedTooLate(days=REOPENABLE.days)
            return self.take("reopen", at=at)
        self.require_open()
        if side == "customer" and self.status != "waiting_for_bureau":
            return self.take("hand_to_bureau", at=at)
        if side == "bureau" and heard and self.status == "waiting_for_bureau":
            return self.take("ask_customer", at=at)
        return None


class Participant(Row):
    """A person at the customer whom the case is with. `contact_id` is None where a member opened the case."""

    __tablename__ = "participants"
    __table_args__ = (Index(None, "account_id", "user_id"),)

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    account_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]

    @classmethod
    def of(cls, case: Case, user_id: UUID, contact_id: UUID | None) -> Self:
        return cls(
            case_id=case.id,
            user_id=user_id,
            bureau_id=case.bureau_id,
            account_id=case.account_id,
            contact_id=contact_id,
        )


class CaseNumber(Row):
    """The last number that was given to a case of this bureau in this year."""

    __tablename__ = "case_numbers"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class ReadMark(Row):
    """The shared version of a case that a person on either side has read."""

    __tablename__ = "read_marks"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    version: Mapped[int]
    read_at: Mapped[datetime]
