from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies.queries import among, may_invite
from services.invitations.copies.tables import Customer
from services.invitations.invitation.tables import MOST_REMINDERS, REMINDER_AFTER, Invitation

# Invitations in one transaction: their locks are held for a moment only.
AT_A_TIME = 500


async def lock_overdue(session: AsyncSession, *, at: datetime) -> Sequence[Invitation]:
    """Open invitations of all bureaus that should have expired; another replica's are left out."""
    statement = (
        select(Invitation)
        .where(Invitation.status == "sent", Invitation.expires_at <= at)
        .order_by(Invitation.expires_at)
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(statement)).all()


async def lock_to_remind(session: AsyncSession, *, at: datetime) -> Sequence[Invitation]:
    """Open invitations with a reminder due, of all bureaus that may invite; another replica's are
    left out, and those whose mail is known not to have arrived."""
    statement = (
        select(Invitation)
        .where(
            Invitation.status == "sent",
            Invitation.reminders < MOST_REMINDERS,
            Invitation.last_mailed_at <= at - REMINDER_AFTER,
            Invitation.expires_at > at,
            Invitation.mail_state.not_in(("failed", "bounced")),
            may_invite(Invitation.bureau_id, at=at),
        )
        .order_by(Invitation.last_mailed_at)
        .limit(AT_A_TIME)
    )
    return (await session.scalars(statement.with_for_update(skip_locked=True))).all()


async def lock_outdated(
    session: AsyncSession, *, bureau_ids: Collection[UUID], customer_ids: Collection[UUID]
) -> Sequence[tuple[Invitation, Customer]]:
    """Open invitations to someone or some address that is no longer the customer's main contact, and those
    to customers that are inactive."""
    statement = (
        select(Invitation, Customer)
        .join(
            Customer,
            (Customer.bureau_id == Invitation.bureau_id) & (Customer.customer_id == Invitation.customer_id),
        )
        .where(
            among(Invitation.bureau_id, bureau_ids),
            among(Invitation.customer_id, customer_ids),
            Invitation.status == "sent",
            or_(
                Customer.contact_id.is_distinct_from(Invitation.contact_id),
                Customer.contact_email.is_distinct_from(Invitation.email),
                Customer.active.is_(False),
            ),
        )
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
