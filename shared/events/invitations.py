"""What invitations publishes about invitations and the collaborations that they open."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.events import Event
from shared.events.identity import Language


class InvitationsEvent(Event):
    source = "/arende/invitations"


class InvitationMailed(InvitationsEvent):
    """A mail to the invited contact is due. The link in it is derived from the invitation's id."""

    subject = "invitation_id"
    public = True

    invitation_id: UUID
    customer_id: UUID
    customer_name: str
    contact_id: UUID
    contact_name: str
    email: str
    language: Language
    message: str | None
    expires_at: datetime


class InvitationSent(InvitationMailed):
    type = "se.arende.invitation.sent.v1"


class InvitationResent(InvitationMailed):
    type = "se.arende.invitation.resent.v1"


class InvitationReminded(InvitationMailed):
    type = "se.arende.invitation.reminded.v1"


class InvitationEvent(InvitationsEvent):
    """`sent_by` is the employee who invited, `contact_name` the invited person's name in the bureau's
    register; both None in events of 0.1."""

    subject = "invitation_id"
    public = True

    invitation_id: UUID
    customer_id: UUID
    sent_by: UUID | None = None
    contact_name: str | None = None


class InvitationAccepted(InvitationEvent):
    """`account_id` is the account that the collaboration is with; identity opens it under this id if it does
    not exist yet."""

    type = "se.arende.invitation.accepted.v1"

    contact_id: UUID
    accepted_by: UUID
    account_id: UUID
    account_name: str
    kind: Literal["company", "private_individual"]
    organisation_number: str | None


class InvitationDeclined(InvitationEvent):
    """`reason` is what the person who declined gave as the reason, if anything."""

    type = "se.arende.invitation.declined.v1"

    reason: str | None = None


class InvitationExpired(InvitationEvent):
    type = "se.arende.invitation.expired.v1"


class InvitationRevoked(InvitationEvent):
    """`replaced` is true if another invitation took its place, because the main contact or their address has
    changed."""

    type = "se.arende.invitation.revoked.v1"
    partner_facts = ("replaced",)

    replaced: bool = False


class InvitationAcceptanceRefused(InvitationsEvent):
    """The main contact is not an administrator of the account, and so could not accept. The administrators
    are told by mail, and `sent_by`, the employee who invited."""

    type = "se.arende.invitation.acceptance_refused.v1"
    subject = "invitation_id"

    invitation_id: UUID
    customer_id: UUID
    customer_name: str
    account_id: UUID
    person_name: str
    sent_by: UUID | None = None


class CollaborationEvent(InvitationsEvent):
    subject = "collaboration_id"
    public = True

    collaboration_id: UUID
    customer_id: UUID
    account_id: UUID


class CollaborationOpened(CollaborationEvent):
    type = "se.arende.collaboration.opened.v1"


class CollaborationEnded(CollaborationEvent):
    """`ended_by` is the side that ended it, `invited_by` the employee who had invited the customer; both None
    in events of 0.1."""

    type = "se.arende.collaboration.ended.v1"
    ends = True

    ended_by: Literal["bureau", "customer"] | None = None
    invited_by: UUID | None = None
