"""The typed answers: wanted items, approvals, acknowledgements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.answers.errors import AlreadyDecided, ItemAlreadyAccepted, ItemNotAnswered
from services.cases.tables import Row

ItemState = Literal["open", "answered", "not_applicable", "accepted", "returned"]
ApprovalState = Literal["pending", "approved", "declined"]


class Item(Row):
    """One wanted thing. `reason`: why it does not apply, or why it was returned."""

    __tablename__ = "items"
    __table_args__ = (Index(None, "case_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    case_id: Mapped[UUID]
    position: Mapped[int]
    text: Mapped[str]
    state: Mapped[ItemState] = mapped_column(Text, default="open")
    reason: Mapped[str | None]
    file_ids: Mapped[list[UUID]] = mapped_column(default=list)
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]

    def answer(self, *, file_ids: Sequence[UUID], by: UUID, at: datetime) -> None:
        self._take_answer("answered", by, at)
        self.file_ids = [*self.file_ids, *(each for each in file_ids if each not in self.file_ids)]
        self.reason = None

    def not_applicable(self, reason: str, *, by: UUID, at: datetime) -> None:
        self._take_answer("not_applicable", by, at)
        self.reason = reason

    def accept(self) -> None:
        self._require_answer()
        self.state = "accepted"

    def give_back(self, reason: str) -> None:
        self._require_answer()
        self.state, self.reason = "returned", reason

    @property
    def with_customer(self) -> bool:
        return self.state in ("open", "returned")

    def _take_answer(self, state: ItemState, by: UUID, at: datetime) -> None:
        if self.state == "accepted":
            raise ItemAlreadyAccepted
        self.state, self.answered_by, self.answered_at = state, by, at

    def _require_answer(self) -> None:
        if self.state == "accepted":
            raise ItemAlreadyAccepted
        if self.with_customer:
            raise ItemNotAnswered


class Approval(Row):
    """One person's decision, final. A new version of a document voids it and asks again in a new row."""

    __tablename__ = "approvals"
    __table_args__ = (
        Index("uq_approvals_asked", "case_id", "user_id", unique=True, postgresql_where="voided_at is null"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    case_id: Mapped[UUID]
    user_id: Mapped[UUID]
    state: Mapped[ApprovalState] = mapped_column(Text, default="pending")
    comment: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    document_hashes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    authenticated_by: Mapped[str | None]
    voided_at: Mapped[datetime | None]

    def decide(
        self,
        state: ApprovalState,
        *,
        comment: str | None,
        documents: list[dict[str, Any]],
        authenticated_by: str,
        at: datetime,
    ) -> None:
        """Raises AlreadyDecided: a decision is never edited."""
        if self.state != "pending":
            raise AlreadyDecided(decision=self.state)
        self.state, self.comment, self.decided_at = state, comment, at
        self.document_hashes, self.authenticated_by = documents, authenticated_by


class Acknowledgement(Row):
    """'I have read it.'"""

    __tablename__ = "acknowledgements"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    bureau_id: Mapped[UUID]
    at: Mapped[datetime]
