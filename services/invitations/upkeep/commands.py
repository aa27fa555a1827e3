"""What becomes of open invitations by themselves: replaced, reminded of, expired, delivered or not."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.commands import pause_collaborations
from services.invitations.collaborations.tables import Collaboration
from services.invitations.copies import queries as copies
from services.invitations.copies.commands import keep_contacts, keep_customers
from services.invitations.copies.tables import Contact, Customer
from services.invitations.invitation.commands import (
    expire_invitations,
    publish_mail,
    revoke_invitation,
    send_invitations,
)
from services.invitations.invitation.queries import list_recently_mailed, lock_invitation
from services.invitations.invitation.tables import Invitation
from services.invitations.upkeep import queries
from shared.events.identity import ContactEvent, CustomerEvent
from shared.events.invitations import InvitationReminded


async def track_customers(session: AsyncSession, *, events: Sequence[CustomerEvent], at: datetime) -> None:
    """Keeps the copy of the customers, renames what shows them, replaces the invitations that it makes
    outdated, and pauses or resumes collaborations, in one transaction: no open invitation outlives the
    address that it was sent to."""
    await keep_customers(session, events=events)
    bureau_ids = {event.tenant for event in events}
    customer_ids = {event.customer_id for event in events}
    await _rename_customers(session, bureau_ids=bureau_ids, customer_ids=customer_ids)
    await _replace_outdated(session, bureau_ids=bureau_ids, customer_ids=customer_ids, at=at)
    await pause_collaborations(session, bureau_ids=bureau_ids, customer_ids=customer_ids)


async def track_contacts(session: AsyncSession, *, events: Sequence[ContactEvent]) -> None:
    """Keeps the copy of the contacts, and renames the invitations to them."""
    await keep_contacts(session, events=events)
    same = (
        copies.among(Contact.contact_id, {event.contact_id for event in events}),
        Contact.bureau_id == Invitation.bureau_id,
        Contact.contact_id == Invitation.contact_id,
    )
    await _rename(session, Invitation, same, {"contact_name": Contact.name})


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


async def _rename_customers(
    session: AsyncSession, *, bureau_ids: Collection[UUID], customer_ids: Collection[UUID]
) -> None:
    """Invitations and collaborations show the customer and its main contact as they are called today."""
    those = (
        copies.among(Customer.bureau_id, bureau_ids),
        copies.among(Customer.customer_id, customer_ids),
    )
    today = {"customer_name": Customer.name, "customer_number": Customer.number}
    for row in (Invitation, Collaboration):
        same = (Customer.bureau_id == row.bureau_id, Customer.customer_id == row.customer_id)
        await _rename(session, row, (*those, *same), today)
    to_main = (
        Customer.bureau_id == Invitation.bureau_id,
        Customer.customer_id == Invitation.customer_id,
        Customer.contact_id == Invitation.contact_id,
    )
    await _rename(session, Invitation, (*those, *to_main), {"contact_name": Customer.contact_name})


async def _rename(
    session: AsyncSession,
    row: type[Invitation] | type[Collaboration],
    same: Sequence[ColumnElement[bool]],
    today: Mapping[str, Any],
) -> None:
    """Gives the rows these columns of a copy, where they differ; `same` says which row of it is whose."""
    differs = or_(*(value != getattr(row, name) for name, value in today.items()))
    statement = update(row).where(*same, differs).values(today)
    await session.execute(statement.execution_options(synchronize_session=False))


async def _replace_outdated(
    session: AsyncSession, *, bureau_ids: Collection[UUID], customer_ids: Collection[UUID], at: datetime
) -> None:
    """Replaces each open invitation by one to the customer's main contact of now, or only revokes it where
    the customer is inactive, the bureau may not invite, or that contact can't be invited or was mailed a
    moment ago.

    It compares what was sent with the copy of the customer, so events may come in any order.
    """
    outdated = await queries.lock_outdated(session, bureau_ids=bureau_ids, customer_ids=customer_ids)
    if not outdated:
        return
    inviting = await copies.list_inviting(session, {old.bureau_id for old, _ in outdated}, at=at)
    mailed = await list_recently_mailed(session, bureau_ids=bureau_ids, customer_ids=customer_ids, at=at)
    fresh: list[Invitation] = []
    for old, customer in outdated:
        goes_on = old.bureau_id in inviting and not customer.stopping_points() and old.expires_at > at
        goes_on = goes_on and (customer.customer_id, customer.contact_email) not in mailed
        revoke_invitation(session, invitation=old, replaced=goes_on, at=at)
        if goes_on:
            fresh.append(
                Invitation.to_main_contact(customer, message=old.message, sent_by=old.sent_by, at=at)
            )
    await session.flush()  # the old ones leave the index of open invitations before the new ones enter it
    send_invitations(session, invitations=fresh)
