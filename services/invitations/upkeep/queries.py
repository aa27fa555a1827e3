from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies.queries import among, feature_open
from services.invitations.copies.tables import Customer, Feature
from services.invitations.sending.tables import MOST_REMINDERS, REMINDER_AFTER, Invitation

AT_A_TIME = 500


async def next_overdue(session: AsyncSession, *, at: datetime) -> Sequence[Invitation]:
    """Of all bureaus; what another replica has taken is left to it."""
    statement = (
        select(Invitation)
        .where(Invitation.status == "sent", Invitation.expires_at <= at)
        .order_by(Invitation.expires_at)
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(statement)).all()


async def next_to_remind(session: AsyncSession, *, at: datetime) -> Sequence[Invitation]:
    """Of all bureaus that have the feature; not where the mail is known not to arrive."""
    bought = select(Feature.bureau_id).where(Feature.bureau_id == Invitation.bureau_id, feature_open(at))
    statement = (
        select(Invitation)
        .where(
            Invitation.status == "sent",
            Invitation.reminders < MOST_REMINDERS,
            Invitation.last_mailed_at <= at - REMINDER_AFTER,
            Invitation.expires_at > at,
            Invitation.mail_state.not_in(("failed", "bounced")),
            bought.exists(),
        )
        .order_by(Invitation.last_mailed_at)
        .limit(AT_A_TIME)
    )
    return (await session.scalars(statement.with_for_update(skip_locked=True))).all()


async def outdated(
    session: AsyncSession, *, bureau_ids: Collection[UUID], customer_ids: Collection[UUID]
) -> Sequence[tuple[Invitation, Customer]]:
    """Open invitations to someone or some address that is no longer the customer's main contact."""
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
            ),
        )
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
