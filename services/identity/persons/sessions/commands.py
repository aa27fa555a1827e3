"""Logging in, going on by refresh tokens, logging out."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.persons.commands import authenticate
from services.identity.persons.passwords import Passwords
from services.identity.persons.queries import get_user
from services.identity.persons.sessions import queries
from services.identity.persons.sessions.errors import SessionEnded
from services.identity.persons.sessions.hats import NamedHat, choose_hat, claim, find_hat, hats_of
from services.identity.persons.sessions.schemas import ActAs, LoggedIn
from services.identity.persons.sessions.signing import Signer
from services.identity.persons.sessions.tables import LoginSession, RefreshToken
from services.identity.persons.tables import User
from services.identity.settings import Settings
from shared.ids import uuid7

# Permissions that change while the token is made are newer than the token (shared/database/access.py).
BACKDATED_SECONDS = 5


async def log_in(
    session: AsyncSession,
    *,
    email: str,
    password: str,
    act_as: ActAs | None,
    address: str,
    agent: str | None,
    passwords: Passwords,
    signer: Signer,
    settings: Settings,
    at: datetime,
) -> LoggedIn:
    user = await authenticate(
        session,
        email=email,
        password=password,
        address=address,
        passwords=passwords,
        limits=settings.limits,
        at=at,
    )
    begun = LoginSession(
        id=uuid7(),
        user_id=user.id,
        agent=agent,
        created_at=at,
        last_used_at=at,
        expires_at=at + timedelta(days=settings.session_days),
    )
    session.add(begun)
    await session.flush()  # the refresh token's row refers to it
    return await _go_on(session, user, begun, act_as=act_as, signer=signer, settings=settings, at=at)


async def refresh(
    session: AsyncSession,
    *,
    refresh_token: str,
    act_as: ActAs | None,
    signer: Signer,
    settings: Settings,
    at: datetime,
) -> LoggedIn:
    """A token's second use ends the session: one of the two users is not the one it was given to."""
    token, known = await queries.session_of_token(session, _hash(refresh_token))
    if token.used_at is not None or not known.is_open(at=at):
        known.end(at=at)
        raise SessionEnded
    token.used_at = at
    known.last_used_at = at
    known.expires_at = at + timedelta(days=settings.session_days)
    user = await get_user(session, known.user_id)
    return await _go_on(session, user, known, act_as=act_as, signer=signer, settings=settings, at=at)


async def log_out(session: AsyncSession, *, user_id: UUID, session_id: UUID, at: datetime) -> None:
    (await queries.own_session(session, user_id, session_id)).end(at=at)


async def _go_on(
    session: AsyncSession,
    user: User,
    known: LoginSession,
    *,
    act_as: ActAs | None,
    signer: Signer,
    settings: Settings,
    at: datetime,
) -> LoggedIn:
    hats = await hats_of(session, user, operators=settings.operators)
    if act_as:
        hat: NamedHat | None = choose_hat(hats, act_as.kind, act_as.hat_id)
    else:
        hat = find_hat(hats, known.hat_kind, known.hat_id)
    known.hat_kind = hat.kind if hat else None
    known.hat_id = hat.hat_id if hat else None
    fresh = secrets.token_urlsafe(32)
    session.add(RefreshToken(hash=_hash(fresh), session_id=known.id))
    claims = {
        "sub": str(user.id),
        "iat": at.timestamp() - BACKDATED_SECONDS,
        "exp": at.timestamp() + settings.access_token_seconds,
        "email": user.email,
        "email_verified": user.email_verified,
        "name": user.name,
        "session_id": str(known.id),
        "hat": claim(hat),
    }
    return LoggedIn(
        session_id=known.id,
        access_token=signer.sign(claims),
        expires_in=settings.access_token_seconds,
        refresh_token=fresh,
        hat=hat,
        hats=hats,
    )


def _hash(refresh_token: str) -> bytes:
    """Plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(refresh_token.encode()).digest()
