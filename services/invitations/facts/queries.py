"""All rows of a kind, page by page, in the order of their keys."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.tables import Collaboration
from services.invitations.invitation.tables import Invitation


async def list_collaborations(
    session: AsyncSession, *, bureau_id: UUID | None, after: UUID, limit: int
) -> Sequence[Collaboration]:
    statement = select(Collaboration).where(Collaboration.id > after)
    if bureau_id is not None:
        statement = statement.where(Collaboration.bureau_id == bureau_id)
    return (await session.scalars(statement.order_by(Collaboration.id).limit(limit))).all()


async def list_refused(
    session: AsyncSession, *, bureau_id: UUID | None, after: UUID, limit: int
) -> Sequence[Invitation]:
    """The invitations whose acceptance was refused."""
    statement = select(Invitation).where(Invitation.id > after, Invitation.told_account_id.is_not(None))
    if bureau_id is not None:
        statement = statement.where(Invitation.bureau_id == bureau_id)
    return (await session.scalars(statement.order_by(Invitation.id).limit(limit))).all()
