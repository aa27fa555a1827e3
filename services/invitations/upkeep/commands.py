"""What becomes of open invitations by themselves: replaced, reminded of, expired, delivered or not."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.commands import pause_collaborations
from services.invitations.copies import queries as copies
from services.invitations.copies.commands import keep_customers
from services.invitations.invitation.commands import (
    expire_invitations,
    publish_mail,
    revoke_invitation,
    send_invitations,
)
from services.invitations.invitation.queries import list_recently_mailed, lock_invitation
from services.invitations.invitation.tables import Invitation
from services.invitations.upkeep import queries
from shared.events.identity import CustomerEvent
from shared.events.invitations import InvitationReminded


async def track_customers(session: AsyncSession, *, events: Sequence[CustomerEvent], at: datetime) -> None:
    """Keeps the copy of the customers, replaces the invitations that it makes outdated, and pauses or resumes
    collaborations, in one transaction: no open invitation outlives the address that it was sent to."""
    await keep_customers(session, events=events)
    bureau_ids = {event.tenant for event in events}
    customer_ids = {event.customer_id for event in events}
    await _replace_outdated(session, bureau_ids=bureau_ids, customer_ids=customer_ids, at=at)
    await pause_collaborations(session, bureau_ids=bureau_ids, customer_ids=customer_ids)


async def replace_invitation(
    session: AsyncSession, *, bureau_id: UUID, customer_id: UUID, at: datetime
) -> None:
    """Replaces the customer's open invitation if it went to another contact or address than today's."""
    await copies.lock_customers(session, bureau_id=bureau_id, customer_ids=[customer_id])
    await _replace_outdated(session, bureau_ids=[bureau_id], customer_ids=[customer_id], at=at)


async def note_mail(
    session: AsyncSession, *, invitation_id: UUID, bureau_id: UUID, mail_id: UUID, state: str
) -> None:
    invitation = await lock_invitation(session, invitation_id, bureau_id=bureau_id)
    invitation.note_mail(mail_id=mail_id, state=state)


async def expire_overdue(session: AsyncSession, *, at: datetime) -> int:
    """Expires some of those that are overdue and returns how many; 0 when none is left."""
    overdue = await queries.lock_overdue(session, at=at)
    expire_invitations(session, invitations=overdue)
    return len(overdue)


async def remind_due(session: AsyncSession, *, at: datetime) -> int:
    """Sends some of the reminders that are due and returns how many; 0 when none is left."""
    due = await queries.lock_to_remind(session, at=at)
    for invitation in due:
        invitation.remind(at=at)
    publish_mail(session, InvitationReminded, due)
    return len(due)


async def _replace_outdated(
    session: AsyncSession, *, bureau_ids: Collection[UUID], customer_ids: Collection[UUID], at: datetime
) -> None:
    """Replaces each open invitation by one to the customer's main contact of now, or only revokes it where
    the customer is inactive, or that contact can't be invited or was mailed a moment ago.

    It compares what was sent with the copy of the customer, so events may come in any order.
    """
    outdated = await queries.lock_outdated(session, bureau_ids=bureau_ids, customer_ids=customer_ids)
    if not outdated:
        return
    buyers = await copies.list_buyers(session, {old.bureau_id for old, _ in outdated}, at=at)
    mailed = await list_recently_mailed(session, bureau_ids=bureau_ids, customer_ids=customer_ids, at=at)
    fresh: list[Invitation] = []
    for old, customer in outdated:
        goes_on = old.bureau_id in buyers and not customer.stopping_points() and old.expires_at > at
        goes_on = goes_on and (customer.customer_id, customer.contact_email) not in mailed
        revoke_invitation(session, invitation=old, replaced=goes_on, at=at)
        if goes_on:
            fresh.append(
                Invitation.to_main_contact(customer, message=old.message, sent_by=old.sent_by, at=at)
            )
    await session.flush()  # the old ones leave the index of open invitations before the new ones enter it
    send_invitations(session, invitations=fresh)
