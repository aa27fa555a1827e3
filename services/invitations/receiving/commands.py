from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.commands import open_collaboration
from services.invitations.copies import queries as copies
from services.invitations.copies.tables import Account, Customer
from services.invitations.invitation.commands import acceptance_refused, facts_of
from services.invitations.invitation.queries import lock_invitation
from services.invitations.invitation.tables import Invitation
from services.invitations.receiving import queries
from services.invitations.receiving.errors import (
    CLOSED,
    BureauWithoutFeature,
    CustomerInactive,
    NotAdministrator,
    NotMainContact,
)
from services.invitations.receiving.queries import Received
from shared.approval import BureauStopped, EmailNotVerified
from shared.bus import outbox
from shared.callers import CallerPerson
from shared.database.walls import set_tenant
from shared.events.invitations import InvitationAccepted, InvitationDeclined
from shared.ids import uuid7


async def accept_invitation(
    session: AsyncSession, *, invitation_id: UUID, by: CallerPerson, link: UUID | None, at: datetime
) -> Received:
    """Accepting again changes nothing. `link` is the invitation whose link the person came by."""
    received = await _lock_received(session, invitation_id, by=by, link=link)
    invitation = received.invitation
    if invitation.status == "accepted" and invitation.accepted_by == by.user_id:
        return received
    _require_unanswered(invitation, at)
    status, bought = await copies.get_standing(session, invitation.bureau_id, at=at)
    if status == "suspended":
        raise BureauStopped
    if not bought:
        raise BureauWithoutFeature
    customer = await copies.get_customer(
        session, bureau_id=invitation.bureau_id, customer_id=invitation.customer_id
    )
    if not customer.active:
        raise CustomerInactive
    account = await _open_account(session, of=customer, by=by.user_id)
    member = await copies.find_member(session, account_id=account.account_id, user_id=by.user_id)
    if not account.is_administered_by(by.user_id, member=member):
        _tell_administrators(session, invitation, account, by=by, at=at)
        raise NotAdministrator
    collaboration = open_collaboration(session, invitation=invitation, account_id=account.account_id, at=at)
    invitation.accept(by=by.user_id, account_id=account.account_id, collaboration_id=collaboration.id, at=at)
    outbox.add(session, _accepted(invitation, customer, account, by=by.user_id))
    return received


async def decline_invitation(
    session: AsyncSession,
    *,
    invitation_id: UUID,
    reason: str | None,
    by: CallerPerson,
    link: UUID | None,
    at: datetime,
) -> Received:
    """Declining again changes nothing. `link` is the invitation whose link the person came by."""
    received = await _lock_received(session, invitation_id, by=by, link=link)
    invitation = received.invitation
    if invitation.status == "declined" and invitation.declined_by == by.user_id:
        return received
    _require_unanswered(invitation, at)
    invitation.decline(by=by.user_id, reason=reason, at=at)
    outbox.add(session, InvitationDeclined(**facts_of(invitation), reason=reason))
    return received


async def _lock_received(
    session: AsyncSession, invitation_id: UUID, *, by: CallerPerson, link: UUID | None
) -> Received:
    """Enters the bureau once the invitation is known to be this person's."""
    if not by.email_verified:
        raise EmailNotVerified
    find = queries.get_by_link if link == invitation_id else queries.get_received
    found = await find(session, invitation_id)
    if found.invitation.email != by.email:
        raise NotMainContact
    bureau_id = found.invitation.bureau_id
    await set_tenant(session, bureau_id)
    # A customer that is deactivated meanwhile waits, and its invitation is then found as it was answered.
    await copies.get_customer_to_answer(
        session, bureau_id=bureau_id, customer_id=found.invitation.customer_id
    )
    return found._replace(invitation=await lock_invitation(session, invitation_id, bureau_id=bureau_id))


def _require_unanswered(invitation: Invitation, at: datetime) -> None:
    if (status := invitation.status_at(at)) != "sent":
        raise CLOSED[status]


async def _open_account(session: AsyncSession, *, of: Customer, by: UUID) -> Account:
    """The customer's account, opened here where there is none. Two bureaus' customers with one organisation
    number get the same one: the second waits for the first one's row."""
    key = _account_key(of, by=by)
    account = {"account_id": uuid7(), "opened_by": by, **key}
    await session.execute(insert(Account).values(account).on_conflict_do_nothing())
    return await copies.get_account(session, **key)


def _account_key(of: Customer, *, by: UUID) -> dict[str, Any]:
    """What tells the customer's account from others. A company without an organisation number has one of its
    own, which it keeps from one acceptance to the next."""
    if of.kind == "private_individual":
        return {"personal_to": by}
    if of.organisation_number is None:
        return {"of_customer": of.customer_id}
    return {"organisation_number": of.organisation_number}


def _accepted(
    invitation: Invitation, customer: Customer, account: Account, *, by: UUID
) -> InvitationAccepted:
    return InvitationAccepted(
        **facts_of(invitation),
        contact_id=invitation.contact_id,
        accepted_by=by,
        account_id=account.account_id,
        account_name=customer.name,
        kind=customer.kind,
        organisation_number=account.organisation_number,
    )


def _tell_administrators(
    session: AsyncSession, invitation: Invitation, account: Account, *, by: CallerPerson, at: datetime
) -> None:
    """They are told once of an invitation, however often the person tries."""
    if invitation.told_at is not None:
        return
    invitation.tell_administrators(account_id=account.account_id, at=at)
    refused = acceptance_refused(invitation, account_id=account.account_id, person_name=by.name)
    outbox.add(session, refused)
