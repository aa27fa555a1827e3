from uuid import UUID

from services.notifications.feed import commands, queries
from services.notifications.feed.schemas import NotificationOut
from shared.clock import utcnow
from shared.errors import InvalidCursor, NotFound
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.pagination import Page, Paging
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("notifications")


@router.get("/v1/notifications", responses=refusals(InvalidCursor))
async def list_notifications(
    person: Person, session: Session, paging: Paging, unread: bool = False
) -> Page[NotificationOut]:
    return await queries.notifications(session, by=person, unread=unread, paging=paging)


@router.put("/v1/notifications/{notification_id}/read", responses=refusals(NotFound))
async def mark_notification_read(notification_id: UUID, person: Person, session: Session) -> NotificationOut:
    return NotificationOut.of(await commands.mark_read(session, notification_id, by=person, at=utcnow()))
