"""Logging in, renewing by refresh tokens, logging out."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.commands import join_account
from services.identity.credentials.commands import prove_second_factor
from services.identity.credentials.seal import Seal
from services.identity.employees.commands import join_bureau
from services.identity.keys.signer import Signer
from services.identity.people.commands import authenticate
from services.identity.people.events import publish_ended_sessions
from services.identity.people.passwords import Passwords
from services.identity.people.queries import get_user
from services.identity.people.tables import LoginSession, User
from services.identity.sessions import queries
from services.identity.sessions.errors import SessionEnded
from services.identity.sessions.hats import (
    HatKey,
    NamedEmployeeHat,
    NamedHat,
    NamedMemberHat,
    choose_hat,
    claim,
    find_hat,
)
from services.identity.sessions.tables import RefreshToken, hash_of, successor_of
from services.identity.settings import Settings
from shared import security
from shared.ids import uuid7

# Permissions that change while the token is made are newer than the token (shared/database/access.py).
BACKDATED_SECONDS = 5


@dataclass(frozen=True)
class Tokens:
    """`hat` is what the access token acts as; None where none was chosen."""

    session_id: UUID
    access_token: str
    expires_in: int
    refresh_token: str
    hat: NamedHat | None
    hats: list[NamedHat]


async def log_in(
    session: AsyncSession,
    *,
    email: str,
    password: str,
    otp: str | None,
    act_as: HatKey | None,
    client_address: str,
    agent: str | None,
    passwords: Passwords,
    seal: Seal,
    signer: Signer,
    settings: Settings,
    at: datetime,
) -> Tokens:
    user = await authenticate(
        session,
        email=email,
        password=password,
        client_address=client_address,
        passwords=passwords,
        limits=settings.limits,
        at=at,
    )
    more = await prove_second_factor(session, user=user, otp=otp, seal=seal, limits=settings.limits, at=at)
    return await begin_session(
        session,
        user=user,
        amr=["pwd", *more],
        act_as=act_as,
        agent=agent,
        signer=signer,
        settings=settings,
        at=at,
    )


async def begin_session(
    session: AsyncSession,
    *,
    user: User,
    amr: list[str],
    act_as: HatKey | None,
    agent: str | None,
    signer: Signer,
    settings: Settings,
    at: datetime,
) -> Tokens:
    """For a person who has proven who they are; `amr` says how (RFC 8176)."""
    begun = LoginSession(
        id=uuid7(),
        user_id=user.id,
        agent=agent,
        created_at=at,
        last_used_at=at,
        expires_at=at + timedelta(days=settings.session_days),
        amr=amr,
    )
    session.add(begun)
    await session.flush()  # the refresh token's row refers to it
    security.note(session, "logged_in", person=user.id, session=begun.id)
    fresh = secrets.token_urlsafe(32)
    session.add(RefreshToken(hash=hash_of(fresh), session_id=begun.id))
    return await _issue_tokens(
        session, user, begun, refresh_token=fresh, act_as=act_as, signer=signer, settings=settings, at=at
    )


async def refresh_session(
    session: AsyncSession,
    *,
    refresh_token: str,
    act_as: HatKey | None,
    signer: Signer,
    settings: Settings,
    at: datetime,
) -> Tokens:
    """A token that is sent again at once has the same successor as before. Later, or after the successor was
    used, it ends the session, because one of the two who have it must have copied it."""
    token, known = await queries.lock_refresh_token(session, hash_of(refresh_token))
    if not known.is_open(at=at):
        raise SessionEnded().note(reason="session_ended", person=known.user_id)
    fresh = successor_of(refresh_token, session_id=known.id, secret=settings.link_secret)
    if token.used_at is None:
        token.used_at = at
        session.add(RefreshToken(hash=hash_of(fresh), session_id=known.id))
    elif not token.may_be_sent_again(
        successor=await queries.find_refresh_token(session, hash_of(fresh)), at=at
    ):
        security.note(session, "refresh_token_reused", person=known.user_id, session=known.id)
        await _end(session, known, at=at)
        raise SessionEnded().note(reason="reused", person=known.user_id)
    known.last_used_at = at
    known.expires_at = at + timedelta(days=settings.session_days)
    user = await get_user(session, known.user_id)
    return await _issue_tokens(
        session, user, known, refresh_token=fresh, act_as=act_as, signer=signer, settings=settings, at=at
    )


async def log_out(session: AsyncSession, *, user_id: UUID, session_id: UUID, at: datetime) -> None:
    await _end(session, await queries.lock_session(session, user_id, session_id), at=at)


async def _end(session: AsyncSession, known: LoginSession, *, at: datetime) -> None:
    if known.end(at=at):
        await publish_ended_sessions(session, user_id=known.user_id, session_ids=[known.id])


async def _issue_tokens(
    session: AsyncSession,
    user: User,
    known: LoginSession,
    *,
    refresh_token: str,
    act_as: HatKey | None,
    signer: Signer,
    settings: Settings,
    at: datetime,
) -> Tokens:
    hats = await queries.list_hats(session, user, operators=settings.operators)
    kept = HatKey(known.hat_kind, known.hat_id)
    hat = choose_hat(hats, act_as) if act_as else find_hat(hats, kept)
    known.hat_kind, known.hat_id = (hat.kind, hat.hat_id) if hat else (None, None)
    await _join(session, user, hat, at=at)
    claims = {
        "sub": str(user.id),
        "iat": at.timestamp() - BACKDATED_SECONDS,
        "exp": at.timestamp() + settings.access_token_seconds,
        "email": user.email,
        "email_verified": user.email_verified,
        "name": user.name,
        "session_id": str(known.id),
        "amr": known.amr,
        "hat": claim(hat),
    }
    return Tokens(
        session_id=known.id,
        access_token=signer.sign(claims),
        expires_in=settings.access_token_seconds,
        refresh_token=refresh_token,
        hat=hat,
        hats=hats,
    )


async def _join(session: AsyncSession, user: User, hat: NamedHat | None, *, at: datetime) -> None:
    """Whoever wears a hat that somebody else gave them agrees to it."""
    if isinstance(hat, NamedEmployeeHat) and not hat.joined:
        await join_bureau(session, bureau_id=hat.bureau_id, employee_id=hat.employee_id, at=at)
    if isinstance(hat, NamedMemberHat) and not hat.joined:
        await join_account(session, account_id=hat.account_id, user=user, at=at)
