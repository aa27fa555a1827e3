from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from services.invitations.receiving.queries import Received
from services.invitations.sending.schemas import Status
from shared.http.schemas import Answer, Body
from shared.links import read_link_token


class AcceptIn(Body):
    """`token`: of the link in the mail, where the person came by it."""

    token: Annotated[str, Field(max_length=200)] | None = None

    def link(self, secret: SecretStr) -> UUID | None:
        return read_link_token(secret, "invitation", self.token) if self.token else None


class DeclineIn(AcceptIn):
    reason: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class LinkOut(Answer):
    """What anyone who holds the link may see."""

    invitation_id: UUID
    bureau_name: str | None
    customer_name: str
    state: Literal["sent", "accepted", "declined", "expired", "revoked"]

    @classmethod
    def of(cls, received: Received, *, at: datetime) -> "LinkOut":
        invitation, bureau_name = received
        return cls(
            invitation_id=invitation.id,
            bureau_name=bureau_name,
            customer_name=invitation.customer_name,
            state=invitation.status_at(at),
        )


class ReceivedOut(Answer):
    """`account_id` and `collaboration_id`: once it is accepted."""

    id: UUID
    bureau_id: UUID
    bureau_name: str | None
    customer_id: UUID
    customer_name: str
    contact_name: str
    email: str
    status: Status
    message: str | None
    sent_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    declined_at: datetime | None
    decline_reason: str | None
    account_id: UUID | None
    collaboration_id: UUID | None

    @classmethod
    def of(cls, received: Received, *, at: datetime) -> "ReceivedOut":
        invitation, bureau_name = received
        named = {"bureau_name": bureau_name, "status": invitation.status_at(at)}
        own = {name: getattr(invitation, name) for name in cls.model_fields if name not in named}
        return cls.model_validate({**own, **named})
