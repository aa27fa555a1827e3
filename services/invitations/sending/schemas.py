from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Path
from pydantic import ConfigDict, Field, model_validator

from services.invitations.sending.queries import LARGEST_BATCH
from services.invitations.sending.tables import Batch
from shared.http.schemas import Answer, Body, Yes
from shared.http.validation import wrong

BatchId = Annotated[UUID, Path(description="As the answer to the batch showed it.")]
Message = Annotated[
    str, Field(min_length=1, max_length=2000, examples=["Välkommen till våra ärenden!\nHälsningar Anna"])
]


class InvitationIn(Body):
    customer_id: UUID
    """Must be active and ready: see the activation checklist."""
    message: Message | None = None
    """Quoted in the mail as the bureau's own words; without it, the mail says only what it is for."""


class InvitationBatchIn(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"customer_ids": ["01932f5e-8a4c-7d10-9b3e-4f6a2c81d7e5"]}]}
    )

    customer_ids: (
        Annotated[list[UUID], Field(max_length=LARGEST_BATCH, fail_fast=True)] | Literal["all_ready"] | None
    ) = None
    """Whom to invite, at most 10,000; or `all_ready`: each customer that the caller may invite, that is
    ready, and that has neither an open invitation nor a collaboration (the first 10,000 by number)."""
    all_ready: Yes | None = None
    """Another way to say `"customer_ids": "all_ready"`; exactly one of the two is given."""
    message: Message | None = None
    """Quoted in each of the mails as the bureau's own words."""

    @model_validator(mode="after")
    def require_one(self) -> Self:
        if (self.customer_ids is None) == (self.all_ready is None):
            raise wrong(
                "not_exactly_one",
                en="Give either customer_ids or all_ready.",
                sv="Ange antingen customer_ids eller all_ready.",
            )
        return self

    @property
    def wanted(self) -> list[UUID] | Literal["all_ready"]:
        return self.customer_ids or [] if self.all_ready is None else "all_ready"


class InvitedOut(Answer):
    """What became of one customer in a batch."""

    customer_id: UUID
    """As it was asked for."""
    number: Annotated[str | None, Field(examples=["1042"])]
    """In the bureau's own numbering; null where the bureau has no such customer."""
    name: Annotated[str | None, Field(examples=["Ström Bygg AB"])]
    """In the bureau's register; null where the bureau has no such customer."""
    status: Literal["sent", "refused"]
    """Whether an invitation was sent to this customer now."""
    invitation_id: UUID | None
    """What was sent; where `code` is `already_invited`, the one that was open before."""
    code: Annotated[str | None, Field(examples=["customer_not_ready"])]
    """Why it was refused, by the codes of `POST /v1/invitations`; null where it was sent."""
    points: Annotated[list[str], Field(examples=[["email_missing"]])]
    """What makes the customer not ready, by the activation checklist's codes."""


class InvitationBatchOut(Answer):
    id: UUID
    """To read these results again by."""
    status: Literal["finished"] = "finished"
    """A batch is done before it is answered."""
    total: int
    """How many customers were asked for, each counted once."""
    done: int
    """How many of them have a result: all."""
    sent: int
    """How many were invited."""
    refused: int
    """How many were not; each one's result says why."""
    results: list[InvitedOut]
    """One for each customer, in the order they were asked for."""

    @classmethod
    def of(cls, batch: Batch) -> "InvitationBatchOut":
        results = [InvitedOut.model_validate(result) for result in batch.results]
        sent = sum(result.status == "sent" for result in results)
        return cls(
            id=batch.id,
            total=len(results),
            done=len(results),
            sent=sent,
            refused=len(results) - sent,
            results=results,
        )
