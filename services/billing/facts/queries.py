"""All rows of a kind, page by page, in the order of their keys."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.billing.subscriptions.tables import Subscription


async def list_subscriptions(
    session: AsyncSession, *, bureau_id: UUID | None, after: UUID, limit: int
) -> Sequence[Subscription]:
    """The latest one of each bureau; `after` is a bureau."""
    later = aliased(Subscription)
    same = later.bureau_id == Subscription.bureau_id
    latest = ~select(later.id).where(same, later.version > Subscription.version).exists()
    statement = select(Subscription).where(Subscription.bureau_id > after, latest)
    if bureau_id is not None:
        statement = statement.where(Subscription.bureau_id == bureau_id)
    return (await session.scalars(statement.order_by(Subscription.bureau_id).limit(limit))).all()
