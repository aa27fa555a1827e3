"""The links that people get by mail: rows from whose ids the tokens are derived (shared/links.py)."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.people.events import publish_registration
from services.identity.people.tables import PasswordReset, User, Verification
from shared.ids import uuid7

VERIFY_WITHIN = timedelta(days=7)
RESET_WITHIN = timedelta(hours=24)
# A welcome mail that comes on a Friday afternoon must still be good after a holiday.
WELCOME_WITHIN = timedelta(days=14)


def open_verification(session: AsyncSession, user: User, *, at: datetime) -> None:
    """Publishes the event that mails the link."""
    link = Verification(id=uuid7(), user_id=user.id, email=user.email, expires_at=at + VERIFY_WITHIN)
    session.add(link)
    publish_registration(session, user, verification_id=link.id)


def open_reset(session: AsyncSession, user: User, *, within: timedelta, at: datetime) -> PasswordReset:
    """For the caller to publish, each time in another event."""
    reset = PasswordReset(id=uuid7(), user_id=user.id, email=user.email, expires_at=at + within)
    session.add(reset)
    return reset


async def end_resets(session: AsyncSession, user: User, *, at: datetime) -> None:
    unused = PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None)
    await session.execute(update(PasswordReset).where(*unused).values(used_at=at))
