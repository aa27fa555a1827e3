from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.commands import open_collaboration
from services.invitations.copies import commands as copies_commands
from services.invitations.copies import queries as copies
from services.invitations.copies.tables import Account
from services.invitations.receiving import queries
from services.invitations.receiving.errors import (
    CLOSED,
    EmailNotVerified,
    NotAdministrator,
    NotMainContact,
)
from services.invitations.receiving.queries import Received
from services.invitations.sending.queries import lock_invitation
from services.invitations.sending.tables import Invitation
from shared.bus import outbox
from shared.callers import CallerPerson
from shared.database.walls import set_tenant
from shared.events.invitations import InvitationAcceptanceRefused, InvitationAccepted, InvitationDeclined


async def accept(
    session: AsyncSession, invitation_id: UUID, *, by: CallerPerson, link: UUID | None, at: datetime
) -> Received:
    """Accepting twice is the same acceptance."""
    invitation, bureau_name = await _lock_received(session, invitation_id, by=by, link=link)
    if invitation.status == "accepted" and invitation.accepted_by == by.user_id:
        return invitation, bureau_name
    _require_unanswered(invitation, at)
    customer = await copies.customer(
        session, bureau_id=invitation.bureau_id, customer_id=invitation.customer_id
    )
    account = await copies_commands.open_account(session, of=customer, by=by.user_id)
    if not await copies.administrates(session, account, user_id=by.user_id):
        _tell_administrators(session, invitation, account, by=by, at=at)
        raise NotAdministrator
    collaboration = open_collaboration(session, invitation, account_id=account.account_id, at=at)
    invitation.accept(by=by.user_id, account_id=account.account_id, collaboration_id=collaboration.id, at=at)
    accepted = InvitationAccepted(
        bureau_id=invitation.bureau_id,
        sequence=invitation.version,
        invitation_id=invitation.id,
        customer_id=invitation.customer_id,
        contact_id=invitation.contact_id,
        accepted_by=by.user_id,
        account_id=account.account_id,
        account_name=customer.name,
        kind=customer.kind,
        organisation_number=account.organisation_number,
    )
    outbox.add(session, accepted)
    return invitation, bureau_name


async def decline(
    session: AsyncSession,
    invitation_id: UUID,
    *,
    reason: str | None,
    by: CallerPerson,
    link: UUID | None,
    at: datetime,
) -> Received:
    """Declining twice is the same answer."""
    invitation, bureau_name = await _lock_received(session, invitation_id, by=by, link=link)
    if invitation.status == "declined" and invitation.declined_by == by.user_id:
        return invitation, bureau_name
    _require_unanswered(invitation, at)
    invitation.decline(by=by.user_id, reason=reason, at=at)
    declined = InvitationDeclined(
        bureau_id=invitation.bureau_id,
        sequence=invitation.version,
        invitation_id=invitation.id,
        customer_id=invitation.customer_id,
    )
    outbox.add(session, declined)
    return invitation, bureau_name


async def _lock_received(
    session: AsyncSession, invitation_id: UUID, *, by: CallerPerson, link: UUID | None
) -> Received:
    """The invitation to this person. `link`: the invitation whose link the person came by."""
    if not by.email_verified:
        raise EmailNotVerified
    if link == invitation_id:
        await queries.enter_link(session, invitation_id)
    found, bureau_name = await queries.visible(session, invitation_id)
    if found.email != by.email:
        raise NotMainContact
    await set_tenant(session, found.bureau_id)
    return await lock_invitation(session, invitation_id, bureau_id=found.bureau_id), bureau_name


def _require_unanswered(invitation: Invitation, at: datetime) -> None:
    if (status := invitation.status_at(at)) != "sent":
        raise CLOSED[status]


def _tell_administrators(
    session: AsyncSession, invitation: Invitation, account: Account, *, by: CallerPerson, at: datetime
) -> None:
    """Once an invitation, however often the person tries."""
    if invitation.told_at is not None:
        return
    invitation.tell_administrators(at=at)
    refused = InvitationAcceptanceRefused(
        bureau_id=invitation.bureau_id,
        sequence=invitation.version,
        invitation_id=invitation.id,
        customer_id=invitation.customer_id,
        customer_name=invitation.customer_name,
        account_id=account.account_id,
        person_name=by.name,
    )
    outbox.add(session, refused)
