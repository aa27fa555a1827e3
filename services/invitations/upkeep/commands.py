"""What happens to open invitations by themselves: replaced, reminded of, expired, delivered or not."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies import queries as copies
from services.invitations.sending.commands import compose, expire, mailed, send, withdraw
from services.invitations.sending.queries import lock_invitation
from services.invitations.sending.tables import Invitation
from services.invitations.upkeep import queries
from shared.bus import outbox
from shared.events.invitations import InvitationReminded


async def replace_outdated(
    session: AsyncSession, *, bureau_ids: Collection[UUID], customer_ids: Collection[UUID], at: datetime
) -> None:
    """Open invitations go to the customer's main contact of now, or are revoked where they can't.

    Compares what was invited with the copy of the customer, so events may come in any order.
    """
    outdated = await queries.outdated(session, bureau_ids=bureau_ids, customer_ids=customer_ids)
    if not outdated:
        return
    buyers = await copies.bureaus_with_feature(session, {old.bureau_id for old, _ in outdated}, at=at)
    again: list[Invitation] = []
    for old, customer in outdated:
        goes_on = old.bureau_id in buyers and not customer.stopping_points() and old.expires_at > at
        withdraw(session, old, replaced=goes_on, at=at)
        if goes_on:
            again.append(compose(customer, message=old.message, sent_by=old.sent_by, at=at))
    await session.flush()  # the old ones leave the index of open invitations before the new ones enter it
    send(session, again)


async def replace_invitation(
    session: AsyncSession, *, bureau_id: UUID, customer_id: UUID, at: datetime
) -> None:
    await copies.lock_customers(session, bureau_id=bureau_id, customer_ids=[customer_id])
    await replace_outdated(session, bureau_ids=[bureau_id], customer_ids=[customer_id], at=at)


async def note_mail(
    session: AsyncSession, invitation_id: UUID, *, bureau_id: UUID, mail_id: UUID, state: str
) -> None:
    invitation = await lock_invitation(session, invitation_id, bureau_id=bureau_id)
    invitation.note_mail(mail_id=mail_id, state=state)


async def expire_overdue(session: AsyncSession, *, at: datetime) -> int:
    """Answers how many; there may be more."""
    overdue = await queries.next_overdue(session, at=at)
    expire(session, overdue)
    return len(overdue)


async def remind_due(session: AsyncSession, *, at: datetime) -> int:
    """Answers how many; there may be more."""
    due = await queries.next_to_remind(session, at=at)
    for invitation in due:
        invitation.remind(at=at)
        outbox.add(session, mailed(InvitationReminded, invitation))
    return len(due)
