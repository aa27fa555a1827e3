"""Adding news to persons' feeds, and marking it as read."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.feed import queries
from services.notifications.feed.tables import Notification
from shared.callers import CallerPerson
from shared.ids import uuid7


def add_notifications(
    session: AsyncSession,
    *,
    bureau_id: UUID,
    user_ids: Collection[UUID],
    hat_id: UUID,
    kind: str,
    about: str,
    about_id: UUID,
    case_number: str | None,
    at: datetime,
) -> None:
    session.add_all(
        Notification(
            id=uuid7(),
            bureau_id=bureau_id,
            user_id=user_id,
            hat_id=hat_id,
            kind=kind,
            about=about,
            about_id=about_id,
            case_number=case_number,
            at=at,
        )
        for user_id in user_ids
    )


async def mark_read(
    session: AsyncSession, *, notification_id: UUID, by: CallerPerson, at: datetime
) -> Notification:
    notification = await queries.get_notification(session, notification_id, by=by)
    notification.mark_read(at=at)
    return notification
