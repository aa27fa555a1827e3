"""A person's own news, under the hat that the person wears."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.feed.tables import Notification
from shared.callers import CallerPerson
from shared.database.keyset import PageRequest, keyset
from shared.database.tables import access
from shared.errors import NotFound


async def list_notifications(
    session: AsyncSession, *, by: CallerPerson, unread: bool, paging: PageRequest
) -> Sequence[Notification]:
    """The newest first; one more than the page has."""
    wanted = _own(by)
    if unread:
        wanted = wanted.where(Notification.read_at.is_(None))
    wanted = keyset(wanted, paging, Notification.at, Notification.id, descending=True)
    return (await session.scalars(wanted)).all()


async def get_notification(session: AsyncSession, notification_id: UUID, *, by: CallerPerson) -> Notification:
    found = await session.scalar(_own(by).where(Notification.id == notification_id))
    if found is None:
        raise NotFound("notification")
    return found


def _own(by: CallerPerson) -> Select[Notification]:
    """Without a hat, the news under all hats that the person still has: who left a bureau or an account reads
    nothing of it any more. A token that bears such a hat is refused before."""
    own = select(Notification).where(Notification.user_id == by.user_id)
    if by.hat:
        return own.where(Notification.hat_id == by.hat.hat_id)
    lost = select(access.c.hat_id).where(access.c.user_id == by.user_id, ~access.c.active)
    return own.where(Notification.hat_id.not_in(lost))
