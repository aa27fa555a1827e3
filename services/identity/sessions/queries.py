from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.queries import list_memberships
from services.identity.bureaus.queries import list_employments
from services.identity.people.tables import LoginSession, User
from services.identity.sessions.errors import SessionEnded
from services.identity.sessions.hats import NamedEmployeeHat, NamedHat, NamedMemberHat
from services.identity.sessions.tables import RefreshToken
from shared.database.keyset import PageRequest, keyset
from shared.database.walls import set_person
from shared.errors import NotFound
from shared.principals import OperatorHat


async def list_hats(session: AsyncSession, user: User, *, operators: frozenset[str]) -> list[NamedHat]:
    """All that the person may act as. `operators`: the addresses of the installation's operators.

    Until the address is verified, somebody else may have signed up with it: that person has no hat but that
    of a bureau that they signed up themselves.
    """
    await set_person(session, user.id)
    hats: list[NamedHat] = [
        NamedEmployeeHat.model_validate(
            {
                "bureau_id": employee.bureau_id,
                "bureau_name": bureau_name,
                "employee_id": employee.id,
                "account_role": employee.account_role,
                "maintenance": employee.maintenance,
                "customers": employee.customers,
                "joined": employee.joined_at is not None,
            }
        )
        for employee, bureau_name in await list_employments(session, user.id)
        if user.email_verified or employee.joined_at
    ]
    if not user.email_verified:
        return hats
    hats += [
        NamedMemberHat.model_validate(
            {
                "account_id": account.id,
                "account_name": account.name,
                "role": membership.role,
                "joined": membership.joined_at is not None,
            }
        )
        for membership, account in await list_memberships(session, user.id)
    ]
    if user.email in operators:
        hats.append(OperatorHat())
    return hats


async def list_sessions(
    session: AsyncSession, user_id: UUID, paging: PageRequest, *, at: datetime
) -> Sequence[LoginSession]:
    """Those that are open, newest first."""
    statement = select(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.ended_at.is_(None), LoginSession.expires_at > at
    )
    return (await session.scalars(keyset(statement, paging, LoginSession.id, descending=True))).all()


async def lock_session(session: AsyncSession, user_id: UUID, session_id: UUID) -> LoginSession:
    row = await session.get(LoginSession, session_id, with_for_update=True)
    if row is None or row.user_id != user_id:
        raise NotFound("session")
    return row


async def lock_refresh_token(session: AsyncSession, token_hash: bytes) -> tuple[RefreshToken, LoginSession]:
    """The second of two uses at once waits for the first. Raises SessionEnded for an unknown token."""
    statement = select(RefreshToken, LoginSession).join(
        LoginSession, LoginSession.id == RefreshToken.session_id
    )
    row = (
        await session.execute(statement.where(RefreshToken.hash == token_hash).with_for_update())
    ).one_or_none()
    if row is None:
        raise SessionEnded().note(reason="unknown")
    return row[0], row[1]


async def find_refresh_token(session: AsyncSession, token_hash: bytes) -> RefreshToken | None:
    return await session.get(RefreshToken, token_hash)
