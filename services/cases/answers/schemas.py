from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.cases.answers.tables import ApprovalState, ItemState
from shared.http.schemas import Answer, Body

Reason = Annotated[str, Field(min_length=1, max_length=2000)]


class ItemAnswer(Body):
    """Either files (those that were added to the item, if none are named), or not applicable and why."""

    file_ids: Annotated[list[UUID], Field(max_length=100)] = Field(default_factory=list)
    not_applicable: bool = False
    reason: Reason | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if self.not_applicable and (self.file_ids or self.reason is None):
            raise ValueError("not_applicable takes a reason and no files")
        return self


class ItemReturn(Body):
    reason: Reason


class Decision(Body):
    decision: Literal["approve", "decline"]
    comment: Reason | None = None

    @model_validator(mode="after")
    def declining_says_why(self) -> Self:
        if self.decision == "decline" and self.comment is None:
            raise ValueError("declining takes a comment")
        return self

    @property
    def state(self) -> ApprovalState:
        return "approved" if self.decision == "approve" else "declined"


class ItemFile(Answer):
    id: UUID
    name: str
    size: int


class ItemOut(Answer):
    id: UUID
    text: str
    state: ItemState
    files: list[ItemFile]
    reason: str | None
    answered_by: UUID | None
    answered_at: datetime | None


class ApprovalOut(Answer):
    """`voided_at`: when a new version of a document made it void."""

    id: UUID
    user_id: UUID
    name: str | None
    state: ApprovalState
    comment: str | None
    decided_at: datetime | None
    document_hashes: list[dict[str, Any]]
    authenticated_by: str | None
    voided_at: datetime | None


class AcknowledgementOut(BaseModel):
    user_id: UUID
    name: str | None
    at: datetime
