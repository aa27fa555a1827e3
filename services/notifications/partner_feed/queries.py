"""Reading the partner feed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.partner_feed.tables import PartnerEvent
from shared.callers import CallerEmployee
from shared.database.cursors import InvalidCursor

_ONE_AT_A_TIME = 7310


async def list_events(
    session: AsyncSession, *, by: CallerEmployee, after: str | None, types: Sequence[str], limit: int
) -> Sequence[PartnerEvent]:
    """In the order in which they were kept, from the event whose id is `after`; one more than `limit`, which
    tells the caller that there are more. Raises InvalidCursor."""
    by.require_maintenance()
    wanted = select(PartnerEvent).where(PartnerEvent.bureau_id == by.bureau_id)
    if after is not None:
        wanted = wanted.where(PartnerEvent.position > await _position(session, by.bureau_id, after))
    if types:
        wanted = wanted.where(PartnerEvent.type.in_(types))
    return (await session.scalars(wanted.order_by(PartnerEvent.position).limit(limit + 1))).all()


async def _position(session: AsyncSession, bureau_id: UUID, after: str) -> int:
    try:
        event_id = UUID(after)
    except ValueError as error:
        raise InvalidCursor("after") from error
    wanted = select(PartnerEvent.position).where(
        PartnerEvent.bureau_id == bureau_id, PartnerEvent.id == event_id
    )
    position = await session.scalar(wanted)
    if position is None:
        raise InvalidCursor("after")
    return position


async def lock_positions(session: AsyncSession) -> None:
    """Be the only transaction that gives out positions, until it ends: otherwise a slow one could commit
    positions that a reader has already passed."""
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
