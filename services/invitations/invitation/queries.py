from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies.queries import among, own_customer
from services.invitations.copies.tables import Customer
from services.invitations.invitation.tables import MAIL_AGAIN_AFTER, Invitation
from shared.callers import CallerEmployee
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound


async def list_invitations(
    session: AsyncSession,
    paging: PageRequest,
    *,
    by: CallerEmployee,
    status: str | None,
    customer_id: UUID | None,
) -> Sequence[Invitation]:
    """The latest sent first."""
    statement = select(Invitation).where(_visible_to(by))
    if status is not None:
        statement = statement.where(Invitation.status == status)
    if customer_id is not None:
        statement = statement.where(Invitation.customer_id == customer_id)
    statement = keyset(statement, paging, Invitation.sent_at, Invitation.id, descending=True)
    return (await session.scalars(statement)).all()


async def get_invitation(session: AsyncSession, invitation_id: UUID, *, by: CallerEmployee) -> Invitation:
    found = await session.scalar(select(Invitation).where(_visible_to(by), Invitation.id == invitation_id))
    if found is None:
        raise NotFound("invitation")
    return found


async def lock_invitation(session: AsyncSession, invitation_id: UUID, *, bureau_id: UUID) -> Invitation:
    """Raises NotFound."""
    found = await session.scalar(
        select(Invitation)
        .where(Invitation.bureau_id == bureau_id, Invitation.id == invitation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("invitation")
    return found


async def list_recently_mailed(
    session: AsyncSession, *, bureau_ids: Collection[UUID], customer_ids: Collection[UUID], at: datetime
) -> dict[tuple[UUID, str], datetime]:
    """When the revoked invitations of these customers were last mailed, by customer and address, where that
    is too short a time ago for another one. Lock the customers before, so that two requests can't both
    find nothing."""
    statement = (
        select(Invitation.customer_id, Invitation.email, func.max(Invitation.last_mailed_at))
        .where(
            among(Invitation.bureau_id, bureau_ids),
            among(Invitation.customer_id, customer_ids),
            Invitation.status == "revoked",
            Invitation.last_mailed_at > at - MAIL_AGAIN_AFTER,
        )
        .group_by(Invitation.customer_id, Invitation.email)
    )
    return {(row[0], row[1]): row[2] for row in await session.execute(statement)}


async def find_sender(session: AsyncSession, invitation_id: UUID) -> UUID | None:
    """The employee who invited."""
    return await session.scalar(select(Invitation.sent_by).where(Invitation.id == invitation_id))


def _visible_to(employee: CallerEmployee) -> ColumnElement[bool]:
    """`limited` employees see their own customers' invitations, unless `maintenance` gives them all."""
    bureau = Invitation.bureau_id == employee.bureau_id
    if employee.customers == "full" or employee.maintenance == "full":
        return bureau
    own = select(Customer.customer_id).where(Customer.bureau_id == employee.bureau_id, own_customer(employee))
    return bureau & Invitation.customer_id.in_(own)
