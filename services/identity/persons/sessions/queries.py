from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.persons.sessions.errors import SessionEnded
from services.identity.persons.sessions.tables import LoginSession, RefreshToken
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound


async def own_sessions(
    session: AsyncSession, user_id: UUID, paging: PageRequest, *, at: datetime
) -> Sequence[LoginSession]:
    """Those that go on."""
    statement = select(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.ended_at.is_(None), LoginSession.expires_at > at
    )
    return (await session.scalars(keyset(statement, paging, LoginSession.id, descending=True))).all()


async def own_session(session: AsyncSession, user_id: UUID, session_id: UUID) -> LoginSession:
    row = await session.get(LoginSession, session_id, with_for_update=True)
    if row is None or row.user_id != user_id:
        raise NotFound("session")
    return row


async def session_of_token(session: AsyncSession, hash: bytes) -> tuple[RefreshToken, LoginSession]:
    """Locked, so that of two uses at once one comes second. Raises SessionEnded where it is unknown."""
    statement = select(RefreshToken, LoginSession).join(
        LoginSession, LoginSession.id == RefreshToken.session_id
    )
    row = (await session.execute(statement.where(RefreshToken.hash == hash).with_for_update())).one_or_none()
    if row is None:
        raise SessionEnded
    return row[0], row[1]
