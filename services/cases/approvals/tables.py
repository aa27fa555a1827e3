"""Who was asked to approve, and what each of them decided."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.cases.approvals.errors import AlreadyDecided
from services.cases.case.contents import Content
from services.cases.case.tables import Case
from services.cases.tables import Row
from shared.ids import uuid7

ApprovalState = Literal["pending", "approved", "declined"]


class Approval(Row):
    """One person's decision, which is final. A new version of a document voids it and asks in a new row."""

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

    @classmethod
    def asked_of(cls, case: Case, user_id: UUID) -> Self:
        return cls(id=uuid7(), bureau_id=case.bureau_id, case_id=case.id, user_id=user_id)

    def is_decided(self, state: ApprovalState, *, comment: str | None) -> bool:
        return (self.state, self.comment) == (state, comment)

    def contents(self) -> list[Content]:
        """The decision is its state and the hashes of the documents that it was made on, one a line."""
        if self.state == "pending":
            return []
        decision = "\n".join([self.state, *(each["sha256"] for each in self.document_hashes)])
        return [
            Content.of_text(f"decision/{self.id}", decision),
            Content.of_text(f"comment/{self.id}", self.comment),
        ]

    def require_pending(self) -> None:
        """Raises AlreadyDecided: a decision is never edited."""
        if self.state != "pending":
            raise AlreadyDecided(decision=self.state)

    def decide(
        self,
        state: ApprovalState,
        *,
        comment: str | None,
        documents: list[dict[str, Any]],
        authenticated_by: str,
        at: datetime,
    ) -> None:
        self.require_pending()
        self.state, self.comment, self.decided_at = state, comment, at
        self.document_hashes, self.authenticated_by = documents, authenticated_by
