from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.notifications.feed import commands, queries
from services.notifications.feed.schemas import NotificationOut
from shared.clock import utcnow
from shared.database.cursors import InvalidCursor
from shared.errors import NotFound
from shared.http.api import create_router
from shared.http.callers import Person
from shared.http.pagination import Page, Paging, page
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("notifications")

NotificationId = Annotated[UUID, Path(description="As `GET /v1/notifications` shows it.")]
Unread = Annotated[bool, Query(description="Only what has not been marked as read.")]


@router.get("/v1/notifications", responses=refusals(InvalidCursor))
async def list_notifications(
    person: Person, session: Session, paging: Paging, unread: Unread = False
) -> Page[NotificationOut]:
    """List one's news, the newest first

    For everyone who is logged in: the news under the hat that the access token was issued for, or under all
    hats that the person still has where it was issued for none.
    """
    rows = await queries.list_notifications(session, by=person, unread=unread, paging=paging)
    return page(rows, paging, out=NotificationOut.of, key=lambda row: (row.at, row.id))


@router.put("/v1/notifications/{notification_id}/read", responses=refusals(NotFound))
async def mark_notification_read(
    notification_id: NotificationId, person: Person, session: Session
) -> NotificationOut:
    """Mark a piece of news as read

    For the person whose news it is. Marked again it stays as it is; nothing marks it as unread.
    """
    marked = await commands.mark_read(session, notification_id=notification_id, by=person, at=utcnow())
    return NotificationOut.of(marked)
