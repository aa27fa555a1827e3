"""The changes of an invitation that several rooms make, each with its event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.invitation.tables import Invitation
from shared.bus import outbox
from shared.events.invitations import (
    InvitationAcceptanceRefused,
    InvitationExpired,
    InvitationMailed,
    InvitationRevoked,
    InvitationSent,
)


def send_invitations(session: AsyncSession, *, invitations: Sequence[Invitation]) -> None:
    session.add_all(invitations)
    publish_mail(session, InvitationSent, invitations)


def revoke_invitation(session: AsyncSession, *, invitation: Invitation, replaced: bool, at: datetime) -> None:
    """`replaced` says that another invitation takes its place."""
    invitation.revoke(at=at)
    outbox.add(session, InvitationRevoked(**facts_of(invitation), replaced=replaced))


def expire_invitations(session: AsyncSession, *, invitations: Sequence[Invitation]) -> None:
    for invitation in invitations:
        invitation.expire()
    outbox.add(session, *[InvitationExpired(**facts_of(invitation)) for invitation in invitations])


def publish_mail(
    session: AsyncSession, kind: type[InvitationMailed], invitations: Sequence[Invitation]
) -> None:
    """Publish that a mail of this kind to each invited contact is due."""
    outbox.add(session, *[_mailed(kind, invitation) for invitation in invitations])


def acceptance_refused(
    invitation: Invitation, *, account_id: UUID, person_name: str
) -> InvitationAcceptanceRefused:
    return InvitationAcceptanceRefused(
        **facts_of(invitation),
        customer_name=invitation.customer_name,
        account_id=account_id,
        person_name=person_name,
    )


def _mailed(kind: type[InvitationMailed], invitation: Invitation) -> InvitationMailed:
    return kind(
        **facts_of(invitation),
        customer_name=invitation.customer_name,
        contact_id=invitation.contact_id,
        email=invitation.email,
        language=invitation.language,
        message=invitation.message,
        expires_at=invitation.expires_at,
    )


def facts_of(invitation: Invitation) -> dict[str, Any]:
    """What most of its events say; an event without one of these fields leaves it out."""
    return {
        "bureau_id": invitation.bureau_id,
        "sequence": invitation.version,
        "invitation_id": invitation.id,
        "customer_id": invitation.customer_id,
        "sent_by": invitation.sent_by,
        "contact_name": invitation.contact_name,
    }
