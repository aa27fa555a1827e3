"""The partner feed, and its catalogue."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.partners.documents import PUBLIC, schema_of
from services.notifications.partners.schemas import EventPage, EventType, EventTypes
from services.notifications.partners.tables import PartnerEvent
from shared.callers import CallerEmployee
from shared.errors import InvalidCursor, NotFound


async def events(
    session: AsyncSession, *, by: CallerEmployee, after: str | None, types: Sequence[str], limit: int
) -> EventPage:
    """In the order in which they were kept, from the event whose id is `after`."""
    by.require_maintenance()
    wanted = select(PartnerEvent).where(PartnerEvent.bureau_id == by.bureau_id)
    if after is not None:
        wanted = wanted.where(PartnerEvent.position > await _position(session, by.bureau_id, after))
    if types:
        wanted = wanted.where(PartnerEvent.type.in_(types))
    rows = (await session.scalars(wanted.order_by(PartnerEvent.position).limit(limit + 1))).all()
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    return EventPage.model_validate({"items": [row.document for row in rows[:limit]], "next": following})


async def _position(session: AsyncSession, bureau_id: UUID, after: str) -> int:
    try:
        event_id = UUID(after)
    except ValueError as error:
        raise InvalidCursor from error
    wanted = select(PartnerEvent.position).where(
        PartnerEvent.bureau_id == bureau_id, PartnerEvent.id == event_id
    )
    position = await session.scalar(wanted)
    if position is None:
        raise InvalidCursor
    return position


def event_types() -> EventTypes:
    items = [EventType(type=name, dataschema=f"/v1/event-types/{name}/schema") for name in PUBLIC]
    return EventTypes(items=items, next=None)


def event_schema(name: str) -> dict[str, Any]:
    if name not in PUBLIC:
        raise NotFound("event type")
    return schema_of(PUBLIC[name])
