from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.commands import rename_memberships
from services.identity.bureaus.commands import rename_employments
from services.identity.persons.me.schemas import MyChange
from services.identity.persons.queries import get_user_to_change
from services.identity.persons.tables import User


async def change_me(session: AsyncSession, *, user_id: UUID, change: MyChange) -> User:
    """The person's name and language, and what bureaus and accounts know of them."""
    user = await get_user_to_change(session, user_id)
    known = user.name, user.language
    user.name = change.name or user.name
    user.language = change.language or user.language
    if known != (user.name, user.language):
        user.version += 1
        await rename_memberships(session, user)
        await rename_employments(session, user)
    return user
