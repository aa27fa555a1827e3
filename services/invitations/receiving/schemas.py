from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field, SecretStr

from services.invitations.invitation.schemas import Status
from services.invitations.receiving.queries import Received
from shared.http.schemas import Answer, Body
from shared.links import read_link_token

LONGEST_TOKEN = 200
LinkToken = Annotated[
    str, Path(max_length=LONGEST_TOKEN, description="The last part of the link in the mail.")
]


class AcceptIn(Body):
    token: Annotated[str, Field(max_length=LONGEST_TOKEN)] | None = None
    """Of the link in the mail, where the person came by it. With it, one who is logged in with another
    address is told `not_main_contact`; without it, that invitation is not found."""

    def link(self, secret: SecretStr) -> UUID | None:
        """The invitation whose link it is of; None without a token, and for one that was not made by us."""
        return read_link_token(secret, "invitation", self.token) if self.token else None


class DeclineIn(AcceptIn):
    reason: Annotated[str, Field(min_length=1, max_length=2000, examples=["Vi byter byrå."])] | None = None
    """Shown to the bureau."""


class LinkOut(Answer):
    """What anyone who holds the link may see of an invitation."""

    invitation_id: UUID
    """To accept or decline by, once logged in."""
    bureau_name: Annotated[str | None, Field(examples=["Nord Redovisning AB"])]
    """Who invites; null for a moment after the bureau's sign-up."""
    customer_name: Annotated[str, Field(examples=["Ström Bygg AB"])]
    """Which company, or private individual, is invited."""
    state: Status
    """Only one that is `sent` can be answered."""

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
    """An invitation as the person who was invited sees it."""

    id: UUID
    """To accept or decline by."""
    bureau_id: UUID
    """Who invites."""
    bureau_name: Annotated[str | None, Field(examples=["Nord Redovisning AB"])]
    """Null for a moment after the bureau's sign-up."""
    customer_id: UUID
    """Who is invited, in the bureau's register."""
    customer_name: Annotated[str, Field(examples=["Ström Bygg AB"])]
    """As the bureau's register has it."""
    contact_name: Annotated[str, Field(examples=["Karin Ström"])]
    """Whom the bureau knows at this address."""
    email: Annotated[str, Field(examples=["karin@strombygg.example"])]
    """Where the mail went: the only address that can accept, in lower case."""
    status: Status
    """Only one that is `sent` can be answered."""
    message: Annotated[str | None, Field(examples=["Välkommen till våra ärenden!"])]
    """The bureau's own words; null without."""
    sent_at: datetime
    """When it was first sent."""
    expires_at: datetime
    """From then on it can't be accepted."""
    accepted_at: datetime | None
    """Null unless `status` is `accepted`."""
    declined_at: datetime | None
    """Null unless `status` is `declined`."""
    decline_reason: Annotated[str | None, Field(examples=["Vi byter byrå."])]
    """As given when declining; null without."""
    account_id: UUID | None
    """The company's account, to choose as `act_as` at log-in; null until accepted."""
    collaboration_id: UUID | None
    """What accepting opened; null before."""

    @classmethod
    def of(cls, received: Received, *, at: datetime) -> "ReceivedOut":
        invitation, bureau_name = received
        named = {"bureau_name": bureau_name, "status": invitation.status_at(at)}
        own = {name: getattr(invitation, name) for name in cls.model_fields if name not in named}
        return cls.model_validate({**own, **named})
