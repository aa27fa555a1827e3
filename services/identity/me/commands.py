from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.commands import rename_memberships
from services.identity.attempts.limits import Limits
from services.identity.bureaus.queries import list_employments
from services.identity.employees.commands import rename_employments
from services.identity.me import queries
from services.identity.me.queries import Me
from services.identity.people import commands as people
from services.identity.people.passwords import Passwords
from services.identity.people.queries import lock_user
from shared.callers import CallerPerson
from shared.database.walls import set_person
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


async def change_password(
    session: AsyncSession,
    *,
    by: CallerPerson,
    current_password: str,
    new_password: str,
    client_address: str,
    passwords: Passwords,
    limits: Limits,
    at: datetime,
) -> None:
    await set_person(session, by.user_id)
    bureaus = [name for _, name in await list_employments(session, by.user_id)]
    await people.change_password(
        session,
        user_id=by.user_id,
        session_id=by.session_id,
        current_password=current_password,
        new_password=new_password,
        about=bureaus,
        client_address=client_address,
        passwords=passwords,
        limits=limits,
        at=at,
    )
