from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.invitations.sending.queries import LARGEST_BATCH
from services.invitations.sending.tables import Batch, Invitation
from shared.http.schemas import Answer, Body

Status = Literal["sent", "accepted", "declined", "expired", "revoked"]
Message = Annotated[str, Field(min_length=1, max_length=2000)]


class InvitationIn(Body):
    customer_id: UUID
    message: Message | None = None


class BatchIn(Body):
    """`customer_ids`, or all that are ready: `"customer_ids": "all_ready"` or `"all_ready": true`."""

    customer_ids: Annotated[list[UUID], Field(max_length=LARGEST_BATCH)] | Literal["all_ready"] | None = None
    all_ready: Literal[True] | None = None
    message: Message | None = None

    @model_validator(mode="after")
    def require_one(self) -> Self:
        if (self.customer_ids is None) == (self.all_ready is None):
            raise ValueError("give either customer_ids or all_ready")
        return self

    @property
    def wanted(self) -> list[UUID] | Literal["all_ready"]:
        return self.customer_ids or [] if self.all_ready is None else "all_ready"


class Mail(Answer):
    state: Literal["pending", "sent", "failed", "bounced"]


class InvitationOut(Answer):
    """`sent_by`: the employee."""

    id: UUID
    customer_id: UUID
    customer_number: str
    customer_name: str
    contact_id: UUID
    contact_name: str
    email: str
    status: Status
    message: str | None
    sent_at: datetime
    sent_by: UUID
    expires_at: datetime
    reminders: int
    last_mailed_at: datetime
    accepted_at: datetime | None
    declined_at: datetime | None
    decline_reason: str | None
    revoked_at: datetime | None
    collaboration_id: UUID | None
    mail: Mail

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationOut":
        own = {name: getattr(invitation, name) for name in cls.model_fields if name != "mail"}
        return cls.model_validate({**own, "mail": {"state": invitation.mail_state}})


class ResultOut(Answer):
    """`code`: why it was refused; `points`: what makes the customer not ready."""

    customer_id: UUID
    number: str | None
    name: str | None
    status: Literal["sent", "refused"]
    invitation_id: UUID | None
    code: str | None
    points: list[str]


class BatchOut(Answer):
    id: UUID
    status: Literal["finished"] = "finished"
    total: int
    done: int
    sent: int
    refused: int
    results: list[ResultOut]

    @classmethod
    def of(cls, batch: Batch) -> "BatchOut":
        results = [ResultOut.model_validate(result) for result in batch.results]
        sent = sum(result.status == "sent" for result in results)
        return cls(
            id=batch.id,
            total=len(results),
            done=len(results),
            sent=sent,
            refused=len(results) - sent,
            results=results,
        )
