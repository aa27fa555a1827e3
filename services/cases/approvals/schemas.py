from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.cases.approvals.tables import Approval, ApprovalState
from shared.http.schemas import Answer, Body
from shared.http.validation import wrong

Sha256 = Annotated[
    str,
    Field(
        pattern="^[0-9A-Fa-f]{64}$",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]


class DecisionIn(Body):
    decision: Literal["approve", "decline"]
    """Final: it can't be changed or taken back."""
    comment: (
        Annotated[str, Field(min_length=1, max_length=2000, examples=["The amount is wrong."])] | None
    ) = None
    """For the bureau, at most 2,000 characters; required where the decision is `decline`."""
    document_hashes: Annotated[list[Sha256], Field(max_length=1000)] | None = None
    """The `sha256` of each of the case's `documents` that the person saw; required where there are any."""

    @model_validator(mode="after")
    def declining_says_why(self) -> Self:
        if self.decision == "decline" and self.comment is None:
            raise wrong("comment_required", en="Say why, in `comment`.", sv="Ange varför, i `comment`.")
        return self

    @property
    def state(self) -> ApprovalState:
        return "approved" if self.decision == "approve" else "declined"


class DocumentOut(Answer):
    """A document that an `approval` asks to agree to, or as it was when somebody decided on it."""

    file_id: UUID
    """To download it by."""
    name: Annotated[str, Field(examples=["annual report 2026.pdf"])]
    """As it was called."""
    sha256: Annotated[
        str, Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    ]
    """Of its content, in hexadecimal."""


class ApprovalOut(Answer):
    """What one person was asked to approve, and what they decided."""

    id: UUID
    """The decision's own, as the timeline names it."""
    user_id: UUID
    """The person who was asked."""
    name: Annotated[str | None, Field(examples=["Karin Berg"])]
    """Null where the person is not known here, or has been erased."""
    state: ApprovalState
    """`pending` until the person has decided; the decision is final."""
    comment: Annotated[str | None, Field(examples=[None])]
    """What the person wrote; always there where the state is `declined`."""
    decided_at: datetime | None
    """Null while the state is `pending`."""
    document_hashes: list[DocumentOut]
    """The documents that the decision is about; empty before it."""
    authenticated_by: Annotated[str | None, Field(examples=["password"])]
    """How the person had proven who they are, in the words of RFC 8176 where the log-in told; null before
    the decision."""
    voided_at: datetime | None
    """When a new version of a document made it void, so that the person was asked again; else null."""

    @classmethod
    def of(cls, approval: Approval, names: Mapping[UUID, str]) -> Self:
        return cls(
            id=approval.id,
            user_id=approval.user_id,
            name=names.get(approval.user_id),
            state=approval.state,
            comment=approval.comment,
            decided_at=approval.decided_at,
            document_hashes=[DocumentOut.model_validate(each) for each in approval.document_hashes],
            authenticated_by=approval.authenticated_by,
            voided_at=approval.voided_at,
        )
