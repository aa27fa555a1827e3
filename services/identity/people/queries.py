from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.people.tables import PasswordReset, User, Verification
from shared.errors import NotFound


async def get_user(session: AsyncSession, user_id: UUID) -> User:
    return _found(await session.get(User, user_id))


async def lock_user(session: AsyncSession, user_id: UUID) -> User:
    return _found(await session.get(User, user_id, with_for_update=True, populate_existing=True))


async def find_user_by_email(session: AsyncSession, email: str) -> User | None:
    return await session.scalar(select(User).where(User.email == email))


async def lock_user_by_email(session: AsyncSession, email: str) -> User:
    statement = select(User).where(User.email == email).with_for_update()
    return _found(await session.scalar(statement.execution_options(populate_existing=True)))


async def get_verification(session: AsyncSession, verification_id: UUID | None) -> Verification:
    """`verification_id`: None for a link that is not one of ours."""
    row = await session.get(Verification, verification_id) if verification_id else None
    if row is None:
        raise NotFound("link")
    return row


async def lock_password_reset(session: AsyncSession, reset_id: UUID | None) -> PasswordReset:
    """`reset_id`: None for a link that is not one of ours. The lock makes a second use at once wait."""
    row = await session.get(PasswordReset, reset_id, with_for_update=True) if reset_id else None
    if row is None or row.user_id is None:
        raise NotFound("link")
    return row


def _found(user: User | None) -> User:
    if user is None:
        raise NotFound("person")
    return user
