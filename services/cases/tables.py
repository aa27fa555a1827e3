"""Rows and their rules; no I/O in them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal
from uuid import UUID

from sqlalchemy import Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.cases.errors import CaseNotOpen, ReopenedTooLate, TransitionNotAllowed, WrongCaseType
from shared.clock import stockholm_date
from shared.database.tables import NAMES, TYPES
from shared.events.cases import CaseType, Side, Status

Priority = Literal["low", "normal", "high"]
ApprovalRule = Literal["one", "all"]
Step = Literal["send", "ask_customer", "hand_to_bureau", "resolve", "close", "reopen", "cancel"]

OPEN: frozenset[Status] = frozenset({"sent", "waiting_for_customer", "waiting_for_bureau"})
# Each step: from which statuses it may be taken, and where it leads.
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


class Row(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class Case(Row):
    """`changed_by_*`: its version when that side last did something that is news to the other.
    `timeline_*`: length and last hash of its timeline, so that a removed last entry is found too."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("bureau_id", "number"),
        Index(None, "bureau_id", "updated_at", "id"),
        Index(None, "account_id", "updated_at", "id"),
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

    def take(self, step: Step, *, at: datetime) -> Status:
        """Go on to the step's status; answers the one before. Raises TransitionNotAllowed."""
        sources, target = STEPS[step]
        previous = self.status
        if previous not in sources:
            raise TransitionNotAllowed(
                status_now=previous, transition=step, allowed_transitions=self.allowed_transitions()
            )
        if step == "send" and not self.takes_answer():
            target = "sent"
        self._enter(target, at)
        return previous

    def allowed_transitions(self) -> list[Step]:
        return [step for step in BY_HAND if self.status in STEPS[step][0]]

    def start_with_bureau(self, *, at: datetime) -> None:
        """A case that the customer opened begins with the bureau."""
        self.sent_at = at
        self._enter("waiting_for_bureau", at)

    def _enter(self, status: Status, at: datetime) -> None:
        self.waiting_for_customer_seconds = self.seconds_waiting("customer", at=at)
        self.waiting_for_bureau_seconds = self.seconds_waiting("bureau", at=at)
        self.status = status
        self.waiting_since = at if self.waiting_for else None
        self.sent_at = self.sent_at or (None if status == "cancelled" else at)
        self.resolved_at = at if status == "resolved" else self.resolved_at if status == "closed" else None
        self.closed_at = at if status in ("closed", "cancelled") else None

    @property
    def waiting_for(self) -> Side | None:
        """Who holds the ball."""
        sides: Mapping[Status, Side] = {"waiting_for_customer": "customer", "waiting_for_bureau": "bureau"}
        return sides.get(self.status)

    def seconds_waiting(self, side: Side, *, at: datetime) -> int:
        """Whole seconds that this side has held the ball, the running turn included."""
        past = self.waiting_for_customer_seconds if side == "customer" else self.waiting_for_bureau_seconds
        if self.waiting_for != side or self.waiting_since is None:
            return past or 0
        return (past or 0) + max(0, int((at - self.waiting_since).total_seconds()))

    def takes_answer(self) -> bool:
        return self.type != "information" or self.must_acknowledge

    def overdue(self, *, at: datetime) -> bool:
        return self.status in OPEN and self.due_on is not None and self.due_on < stockholm_date(at)

    def changed(self, *, at: datetime, news_from: Side | None = None) -> None:
        """One version on; `news_from`: the side whose doing the other side has not read."""
        self.version += 1
        self.updated_at = max(at, self.updated_at)
        if news_from == "bureau":
            self.changed_by_bureau = self.version
        elif news_from == "customer":
            self.changed_by_customer = self.version

    def news_for(self, side: Side) -> int:
        return self.changed_by_bureau if side == "customer" else self.changed_by_customer

    def require_open(self) -> None:
        if self.status not in OPEN:
            raise CaseNotOpen(status_now=self.status, allowed_transitions=self.allowed_transitions())

    def require_type(self, wanted: CaseType) -> None:
        if self.type != wanted:
            raise WrongCaseType(case_type=self.type)

    def turn_after_message(self, side: Side, *, at: datetime) -> Status | None:
        """A message hands the ball to the other side; the status before where that moved the case."""
        if self.status == "resolved" and side == "bureau":
            return None
        if self.status == "resolved":
            if self.resolved_at is not None and at > self.resolved_at + REOPENABLE:
                raise ReopenedTooLate(days=REOPENABLE.days)
            return self.take("reopen", at=at)
        self.require_open()
        if side == "customer" and self.status != "waiting_for_bureau":
            return self.take("hand_to_bureau", at=at)
        if side == "bureau" and self.status == "waiting_for_bureau":
            return self.take("ask_customer", at=at)
        return None


class Participant(Row):
    """A person at the customer whom the case is with; no contact where a member opened the case."""

    __tablename__ = "participants"
    __table_args__ = (Index(None, "account_id", "user_id"),)

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    account_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]


class CaseNumber(Row):
    """The last number given in a bureau's year."""

    __tablename__ = "case_numbers"

    bureau_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]

    @staticmethod
    def shown(year: int, last: int) -> str:
        """`2026-000123`"""
        return f"{year}-{last:06}"


class ReadMark(Row):
    """The version of a case that a person has read."""

    __tablename__ = "read_marks"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    version: Mapped[int]
    read_at: Mapped[datetime]
