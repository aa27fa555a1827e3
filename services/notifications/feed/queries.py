"""A person's own news, under the hat that the person wears."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.feed.schemas import NotificationOut
from services.notifications.feed.tables import Notification
from shared.callers import CallerPerson
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound
from shared.http.pagination import Page, page


async def notifications(
    session: AsyncSession, *, by: CallerPerson, unread: bool, paging: PageRequest
) -> Page[NotificationOut]:
    wanted = _own(by)
    if unread:
        wanted = wanted.where(Notification.read_at.is_(None))
    wanted = keyset(wanted, paging, Notification.at, Notification.id, descending=True)
    rows = (await session.scalars(wanted)).all()
    return page(rows, paging, out=NotificationOut.of, key=lambda row: (row.at, row.id))


async def notification(session: AsyncSession, notification_id: UUID, *, by: CallerPerson) -> Notification:
    found = await session.scalar(_own(by).where(Notification.id == notification_id))
    if found is None:
        raise NotFound("notification")
    return found


def _own(by: CallerPerson) -> Select[Notification]:
    own = select(Notification).where(Notification.user_id == by.user_id)
    return own.where(Notification.hat_id == by.hat.hat_id) if by.hat else own
