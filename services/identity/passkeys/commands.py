"""Passkeys: adding, naming and removing them, and logging in by one of them alone."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.attempts.commands import count_attempt, require_attempts_left
from services.identity.attempts.limits import Limits
from services.identity.credentials import queries
from services.identity.credentials.commands import finish_addition, finish_removal, unlock_credentials
from services.identity.credentials.tables import Challenge, Passkey
from services.identity.keys.signer import Signer
from services.identity.passkeys.ceremonies import (
    NewKey,
    Options,
    RelyingParty,
    Response,
    challenge_in,
    check_assertion,
    check_registration,
    creation_options,
    credential_id_in,
    person_in,
    request_options,
)
from services.identity.passkeys.errors import PasskeyExists, TooManyPasskeys, UnusablePasskey, WrongPasskey
from services.identity.people.queries import get_user
from services.identity.sessions.commands import Tokens, begin_session
from services.identity.sessions.hats import HatKey
from services.identity.settings import Settings
from shared.callers import CallerPerson
from shared.database.walls import set_person
from shared.ids import uuid7
from shared.principals import MULTI_FACTOR

ANSWER_WITHIN = timedelta(minutes=5)
MOST_PASSKEYS = 20


@dataclass(frozen=True)
class AddedPasskey:
    """`recovery_codes` come with a person's first second factor."""

    passkey: Passkey
    recovery_codes: list[str]


async def begin_registration(
    session: AsyncSession, *, by: CallerPerson, party: RelyingParty, at: datetime
) -> Options:
    user, _ = await unlock_credentials(session, by=by, at=at)
    known = await queries.list_passkeys(session, user.id)
    if len(known) >= MOST_PASSKEYS:
        raise TooManyPasskeys(limit=MOST_PASSKEYS)
    return creation_options(
        party,
        user_id=user.id,
        email=user.email,
        name=user.name,
        known=[each.credential_id for each in known],
        challenge=_open_challenge(session, user_id=user.id, at=at),
    )


async def add_passkey(
    session: AsyncSession,
    *,
    by: CallerPerson,
    name: str,
    response: Response,
    party: RelyingParty,
    at: datetime,
) -> AddedPasskey:
    user, log_in = await unlock_credentials(session, by=by, at=at)
    if len(await queries.list_passkeys(session, user.id)) >= MOST_PASSKEYS:
        raise TooManyPasskeys(limit=MOST_PASSKEYS)
    challenge = await _take_challenge(session, response, user_id=user.id, at=at)
    made = check_registration(party, response, challenge=challenge)
    passkey = await _insert_passkey(session, made, user_id=user.id, name=name, at=at)
    codes = await finish_addition(
        session, user=user, log_in=log_in, change="passkey_added", proven=_amr_of(passkey), at=at
    )
    return AddedPasskey(passkey, codes)


async def rename_passkey(session: AsyncSession, *, by: CallerPerson, passkey_id: UUID, name: str) -> Passkey:
    passkey = await queries.lock_passkey(session, by.user_id, passkey_id)
    passkey.name = name
    return passkey


async def remove_passkey(session: AsyncSession, *, by: CallerPerson, passkey_id: UUID, at: datetime) -> None:
    user, log_in = await unlock_credentials(session, by=by, at=at)
    await session.delete(await queries.lock_passkey(session, user.id, passkey_id))
    await finish_removal(session, user=user, log_in=log_in, change="passkey_removed", at=at)


async def begin_log_in(
    session: AsyncSession, *, client_address: str, party: RelyingParty, limits: Limits, at: datetime
) -> Options:
    """For anybody: it tells nothing of who has a passkey."""
    asked = f"passkey-asked-from:{client_address}"
    await count_attempt(session, what=asked, limit=limits.per_address, window=limits.window, at=at)
    return request_options(party, challenge=_open_challenge(session, user_id=None, at=at))


async def log_in(
    session: AsyncSession,
    *,
    response: Response,
    act_as: HatKey | None,
    client_address: str,
    agent: str | None,
    party: RelyingParty,
    signer: Signer,
    settings: Settings,
    at: datetime,
) -> Tokens:
    """A passkey is two factors: the device that holds it, and what the device knows its person by."""
    place, limits = f"log-in-from:{client_address}", settings.limits
    await require_attempts_left(session, what=place, limit=limits.per_address, at=at)
    try:
        passkey = await _prove(session, response, party=party, at=at)
    except UnusablePasskey:
        await count_attempt(session, what=place, limit=limits.per_address, window=limits.window, at=at)
        raise WrongPasskey from None
    return await begin_session(
        session,
        user=await get_user(session, passkey.user_id),
        amr=[*_amr_of(passkey), MULTI_FACTOR],
        act_as=act_as,
        agent=agent,
        signer=signer,
        settings=settings,
        at=at,
    )


async def _prove(session: AsyncSession, response: Response, *, party: RelyingParty, at: datetime) -> Passkey:
    """The person is read from what the device says, so that the passkey is looked for behind that person's
    wall; the signature then proves it."""
    challenge = await _take_challenge(session, response, user_id=None, at=at)
    user_id = person_in(response)
    await set_person(session, user_id)
    passkey = await queries.find_passkey(session, user_id, credential_id_in(response))
    if passkey is None:
        raise UnusablePasskey
    passkey.sign_count = check_assertion(
        party, response, challenge=challenge, public_key=passkey.public_key, sign_count=passkey.sign_count
    )
    passkey.last_used_at = at
    return passkey


def _open_challenge(session: AsyncSession, *, user_id: UUID | None, at: datetime) -> bytes:
    challenge = secrets.token_bytes(32)
    session.add(Challenge(challenge=challenge, user_id=user_id, expires_at=at + ANSWER_WITHIN))
    return challenge


async def _take_challenge(
    session: AsyncSession, response: Response, *, user_id: UUID | None, at: datetime
) -> bytes:
    """Each is good once, for who asked for it. Raises UnusablePasskey."""
    row = await queries.find_challenge(session, challenge_in(response))
    if row is None or row.user_id != user_id:
        raise UnusablePasskey
    await session.delete(row)
    if row.expires_at <= at:
        raise UnusablePasskey
    return row.challenge


async def _insert_passkey(
    session: AsyncSession, made: NewKey, *, user_id: UUID, name: str, at: datetime
) -> Passkey:
    values = {"id": uuid7(), "user_id": user_id, "name": name, "created_at": at, **vars(made)}
    statement = insert(Passkey).values(values).on_conflict_do_nothing().returning(Passkey)
    passkey: Passkey | None = await session.scalar(statement)
    if passkey is None:
        raise PasskeyExists
    return passkey


def _amr_of(passkey: Passkey) -> list[str]:
    """A key that the person's devices share is software's (RFC 8176: `swk`)."""
    return ["swk" if passkey.synced else "hwk", "user"]
