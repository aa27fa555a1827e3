"""Second factors: setting them up, proving them, losing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.attempts.commands import count_attempt, forget_attempts
from services.identity.attempts.limits import Limits
from services.identity.credentials import queries
from services.identity.credentials.errors import (
    FreshLoginRequired,
    NoSecondFactor,
    OtpRequired,
    SecondFactorRequired,
    WrongOtp,
)
from services.identity.credentials.events import publish_credentials
from services.identity.credentials.otp import (
    RECOVERY_CODES,
    hash_of,
    new_recovery_code,
    new_secret,
    otpauth_url,
    without_spaces,
)
from services.identity.credentials.seal import Seal
from services.identity.credentials.tables import Challenge, RecoveryCode, Totp
from services.identity.people.commands import end_sessions
from services.identity.people.queries import lock_user
from services.identity.people.tables import LoginSession, User
from shared.callers import CallerPerson
from shared.database.walls import set_person
from shared.errors import NotFound
from shared.events.credentials import CredentialsChange
from shared.principals import MULTI_FACTOR

FRESH_FOR = timedelta(minutes=10)
_TOTP_DIGITS = 6


@dataclass(frozen=True)
class BegunTotp:
    secret: str
    otpauth_url: str


async def begin_totp(session: AsyncSession, *, by: CallerPerson, seal: Seal, at: datetime) -> BegunTotp:
    """Nothing is asked of the person before the app's first code is confirmed."""
    user, _ = await unlock_credentials(session, by=by, at=at)
    secret = new_secret()
    sealed = seal.close(secret, owner=user.id)
    known = await queries.find_totp(session, user.id)
    if known is None:
        session.add(Totp(user_id=user.id, secret=sealed, begun_at=at))
    else:
        known.begin(secret=sealed, at=at)
    return BegunTotp(secret, otpauth_url(secret, email=user.email))


async def confirm_totp(
    session: AsyncSession, *, by: CallerPerson, code: str, seal: Seal, limits: Limits, at: datetime
) -> list[str]:
    """Returns the recovery codes that come with a person's first second factor."""
    guesses = _guesses_at(by.user_id)
    await count_attempt(session, what=guesses, limit=limits.per_person, window=limits.window, at=at)
    user, log_in = await unlock_credentials(session, by=by, at=at)
    begun = await queries.find_totp(session, user.id)
    if begun is None:
        raise NotFound("credential")
    begun.confirm(without_spaces(code), secret=seal.open(begun.secret, owner=user.id), at=at)
    await forget_attempts(session, what=guesses)
    return await finish_addition(
        session, user=user, log_in=log_in, change="totp_added", proven=["otp"], at=at
    )


async def remove_totp(session: AsyncSession, *, by: CallerPerson, at: datetime) -> None:
    user, log_in = await unlock_credentials(session, by=by, at=at)
    known = await queries.find_totp(session, user.id)
    if known is None:
        raise NotFound("credential")
    await session.delete(known)
    if known.confirmed_at is not None:
        await finish_removal(session, user=user, log_in=log_in, change="totp_removed", at=at)


async def renew_recovery_codes(session: AsyncSession, *, by: CallerPerson, at: datetime) -> list[str]:
    """Those before are good no more."""
    user, _ = await unlock_credentials(session, by=by, at=at)
    if not (await queries.get_credentials(session, user.id)).has_second_factor:
        raise NoSecondFactor
    publish_credentials(session, user, "recovery_codes_renewed")
    return await _replace_codes(session, user.id)


async def prove_second_factor(
    session: AsyncSession, *, user: User, otp: str | None, seal: Seal, limits: Limits, at: datetime
) -> list[str]:
    """For somebody whose first factor was right. Returns what this adds to it in `amr` (RFC 8176).

    Raises OtpRequired where the person has an authenticator app and gave no code. A passkey is a way to log
    in of its own: who has nothing else is let in with one factor, which opens less.
    """
    await set_person(session, user.id)
    known = await queries.get_credentials(session, user.id)
    if otp is None and known.totp_since is not None:
        raise OtpRequired
    if otp is None or not known.has_second_factor:
        return []
    guesses = _guesses_at(user.id)
    await count_attempt(session, what=guesses, limit=limits.per_person, window=limits.window, at=at)
    if not await _take_code(session, user, without_spaces(otp), seal=seal, at=at):
        raise WrongOtp().note(person=user.id)
    await forget_attempts(session, what=guesses)
    return ["otp", MULTI_FACTOR]


async def unlock_credentials(
    session: AsyncSession, *, by: CallerPerson, at: datetime
) -> tuple[User, LoginSession]:
    """Who changes credentials has just logged in, and with the second factor where there is one. Changes of
    one person's credentials wait for each other."""
    user = await lock_user(session, by.user_id)
    log_in = await require_fresh_log_in(session, by=by, at=at)
    return user, log_in


async def require_fresh_log_in(session: AsyncSession, *, by: CallerPerson, at: datetime) -> LoginSession:
    log_in = await queries.lock_log_in(session, by.user_id, by.session_id)
    if log_in.created_at + FRESH_FOR <= at:
        raise FreshLoginRequired
    known = await queries.get_credentials(session, by.user_id)
    if known.has_second_factor and MULTI_FACTOR not in log_in.amr:
        raise SecondFactorRequired
    return log_in


async def finish_addition(
    session: AsyncSession,
    *,
    user: User,
    log_in: LoginSession,
    change: CredentialsChange,
    proven: Sequence[str],
    at: datetime,
) -> list[str]:
    """The person has just shown the new factor too, so this log-in has it; the others must show it."""
    log_in.amr = list(dict.fromkeys([*log_in.amr, *proven, MULTI_FACTOR]))
    await end_sessions(session, user_id=user.id, but=log_in.id, at=at)
    publish_credentials(session, user, change)
    has_codes = (await queries.get_credentials(session, user.id)).recovery_codes_left > 0
    return [] if has_codes else await _replace_codes(session, user.id)


async def finish_removal(
    session: AsyncSession, *, user: User, log_in: LoginSession, change: CredentialsChange, at: datetime
) -> None:
    """With the last factor go the recovery codes, and the log-in counts as one of a single factor."""
    await session.flush()  # what is left is read from the tables
    if not (await queries.get_credentials(session, user.id)).has_second_factor:
        await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        log_in.amr = [each for each in log_in.amr if each != MULTI_FACTOR]
    await end_sessions(session, user_id=user.id, but=log_in.id, at=at)
    publish_credentials(session, user, change)


async def forget_challenges(session: AsyncSession, *, at: datetime) -> None:
    await session.execute(delete(Challenge).where(Challenge.expires_at <= at))


async def _take_code(session: AsyncSession, user: User, code: str, *, seal: Seal, at: datetime) -> bool:
    if len(code) == _TOTP_DIGITS:
        totp = await queries.find_totp(session, user.id)
        if totp is None or totp.confirmed_at is None:
            return False
        secret = seal.open(totp.secret, owner=user.id)
        if seal.is_outdated(totp.secret):
            totp.secret = seal.close(secret, owner=user.id)
        return totp.use(code, secret=secret, at=at)
    recovery = await queries.find_recovery_code(session, user.id, hash_of(code, owner=user.id))
    if recovery is None:
        return False
    recovery.used_at = at
    publish_credentials(session, await lock_user(session, user.id), "recovery_code_used")
    return True


async def _replace_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user_id, hash=hash_of(code, owner=user_id)) for code in codes)
    return codes


def _guesses_at(user_id: UUID) -> str:
    return f"second-factor:{user_id}"
