from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.invitations.invitation.tables import Invitation
from shared.http.schemas import Answer

Status = Literal["sent", "accepted", "declined", "expired", "revoked"]
InvitationId = Annotated[UUID, Path(description="As the lists of invitations show it.")]


class MailOut(Answer):
    """The newest mail of an invitation."""

    state: Literal["pending", "sent", "failed", "bounced"]
    """`pending` until a mail server has taken it, `failed` when none did, `bounced` when it came back."""


class InvitationOut(Answer):
    """An invitation as the bureau that sent it sees it; names follow the register."""

    id: UUID
    """Also what the link in the mail stands for."""
    customer_id: UUID
    """Who was invited, in the bureau's register."""
    customer_number: Annotated[str, Field(examples=["1042"])]
    """In the bureau's own numbering."""
    customer_name: Annotated[str, Field(examples=["Ström Bygg AB"])]
    """As the register has it."""
    contact_id: UUID
    """The main contact, to whom it was mailed."""
    contact_name: Annotated[str, Field(examples=["Karin Ström"])]
    """As the register has it."""
    email: Annotated[str, Field(examples=["karin@strombygg.example"])]
    """The only address that can accept, in lower case."""
    status: Status
    """Where it stands; only one that is `sent` can be answered, resent or revoked."""
    message: Annotated[str | None, Field(examples=["Välkommen till våra ärenden!"])]
    """What the mail quotes from the bureau; null without."""
    sent_at: datetime
    """When it was first sent."""
    sent_by: UUID
    """The employee who invited."""
    expires_at: datetime
    """30 days after it was sent, or resent."""
    reminders: int
    """How many have gone out since it was sent or resent: one after 7 days, another after 7 more."""
    last_mailed_at: datetime
    """When the invitation, or a reminder of it, was last mailed."""
    accepted_at: datetime | None
    """Null unless `status` is `accepted`."""
    declined_at: datetime | None
    """Null unless `status` is `declined`."""
    decline_reason: Annotated[str | None, Field(examples=["Vi byter byrå."])]
    """In the contact's own words; null where none was given."""
    revoked_at: datetime | None
    """Null unless `status` is `revoked`."""
    collaboration_id: UUID | None
    """What accepting opened; null before."""
    mail: MailOut
    """Whether the newest mail arrived."""

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationOut":
        own = {name: getattr(invitation, name) for name in cls.model_fields if name != "mail"}
        return cls.model_validate({**own, "mail": {"state": invitation.mail_state}})
