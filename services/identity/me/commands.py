from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.commands import rename_memberships
from services.identity.employees.commands import rename_employments
from services.identity.me import queries
from services.identity.me.queries import Me
from services.identity.people.queries import lock_user
from shared.events.identity import Language
from shared.principals import Hat


async def change_me(
    session: AsyncSession,
    *,
    user_id: UUID,
    name: str | None,
    language: Language | None,
    hat: Hat | None,
    operators: frozenset[str],
) -> Me:
    """Changes the person's name and language, also at the bureaus and accounts that know them."""
    user = await lock_user(session, user_id)
    known = user.name, user.language
    user.name = name or user.name
    user.language = language or user.language
    if known != (user.name, user.language):
        user.version += 1
        await rename_memberships(session, user=user)
        await rename_employments(session, user=user)
    return await queries.get_me(session, user_id, hat=hat, operators=operators)
