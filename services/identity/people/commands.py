"""Signing up, verifying addresses, setting passwords."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.attempts.commands import (
    count_attempt,
    forget_attempts,
    forget_ended_windows,
    require_attempts_left,
)
from services.identity.attempts.limits import Limits
from services.identity.people import queries
from services.identity.people.errors import EmailTaken, LinkExpired, WrongCredentials
from services.identity.people.events import (
    publish_password_reset,
    publish_registration,
    publish_verification,
)
from services.identity.people.passwords import Passwords
from services.identity.people.tables import LoginSession, PasswordReset, User, Verification
from shared.events.identity import Language
from shared.ids import uuid7

VERIFY_WITHIN = timedelta(days=7)
RESET_WITHIN = timedelta(hours=24)
# A welcome mail that comes on a Friday afternoon must still be good after a holiday.
WELCOME_WITHIN = timedelta(days=14)
KEPT = timedelta(days=30)


async def register_user(
    session: AsyncSession,
    *,
    name: str,
    email: str,
    password: str,
    language: Language,
    passwords: Passwords,
    at: datetime,
) -> User:
    """Publishes the event that mails the verifying link."""
    password_hash = await passwords.hash(password)
    user = await _insert_user(
        session, name=name, email=email, language=language, password_hash=password_hash, at=at
    )
    _open_verification(session, user, at=at)
    return user


async def invite_user(
    session: AsyncSession, *, name: str, email: str, language: Language, at: datetime
) -> tuple[User, UUID | None]:
    """Finds or makes the person with this address, to whom somebody else gives a role.

    Also returns the id of a link by which to choose a password, unless the address is verified. A password
    that was chosen before that may be a stranger's: it is removed, and log-ins with it end.
    """
    user = await queries.find_user_by_email(session, email) or await _insert_user(
        session, name=name, email=email, language=language, password_hash=None, at=at
    )
    if user.email_verified:
        return user, None
    user.password_hash = None
    await end_sessions(session, user_id=user.id, at=at)
    return user, _open_reset(session, user, within=WELCOME_WITHIN, at=at).id


async def correct_address(session: AsyncSession, *, user: User, email: str, at: datetime) -> None:
    """Replaces an address at which nobody ever followed a link, and mails a new link to the right one."""
    if await queries.find_user_by_email(session, email):
        raise EmailTaken
    await session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
    user.email = email
    user.version += 1
    reset = _open_reset(session, user, within=WELCOME_WITHIN, at=at)
    publish_password_reset(session, user, reset_id=reset.id)


async def authenticate(
    session: AsyncSession,
    *,
    email: str,
    password: str,
    client_address: str,
    passwords: Passwords,
    limits: Limits,
    at: datetime,
) -> User:
    """Raises WrongCredentials or TooManyAttempts, alike for people that exist and for those that don't."""
    person, place = f"log-in:{email}", f"log-in-from:{client_address}"
    await require_attempts_left(session, what=place, limit=limits.per_address, at=at)
    await count_attempt(session, what=person, limit=limits.per_person, window=limits.window, at=at)
    user = await queries.find_user_by_email(session, email)
    known = user.password_hash if user else None
    if not await passwords.match(password, known) or user is None or known is None:
        await count_attempt(session, what=place, limit=limits.per_address, window=limits.window, at=at)
        raise WrongCredentials().note(person=user.id if user else None)
    if passwords.is_outdated(known):
        user.password_hash = await passwords.hash(password)
    await forget_attempts(session, what=person)
    return user


async def verify_address(session: AsyncSession, *, verification_id: UUID | None, at: datetime) -> User:
    """The link may be followed twice; nothing changes the second time."""
    verification = await queries.get_verification(session, verification_id)
    user = await queries.lock_user(session, verification.user_id)
    if user.email_verified and user.email == verification.email:
        return user
    verification.require_open(at=at)
    if user.email != verification.email:
        raise LinkExpired
    _mark_verified(session, user, at=at)
    return user


async def resend_verification(session: AsyncSession, *, user_id: UUID, limits: Limits, at: datetime) -> None:
    user = await queries.lock_user(session, user_id)
    if user.email_verified:
        return
    what = f"verify:{user.email}"
    await count_attempt(session, what=what, limit=limits.mails, window=limits.window, at=at)
    user.version += 1
    _open_verification(session, user, at=at)


async def request_password_reset(
    session: AsyncSession, *, email: str, client_address: str, limits: Limits, at: datetime
) -> None:
    """Does the same work for an address that nobody has, so that the time does not tell them apart."""
    place = f"reset-from:{client_address}"
    await count_attempt(session, what=place, limit=limits.per_address, window=limits.window, at=at)
    await count_attempt(session, what=f"reset:{email}", limit=limits.mails, window=limits.window, at=at)
    user = await queries.find_user_by_email(session, email)
    if user is None:
        ends = at + RESET_WITHIN
        session.add(PasswordReset(id=uuid7(), user_id=None, email=email, expires_at=ends))
        return
    reset = _open_reset(session, user, within=RESET_WITHIN, at=at)
    publish_password_reset(session, user, reset_id=reset.id)


async def reset_password(
    session: AsyncSession, *, reset_id: UUID | None, password: str, passwords: Passwords, at: datetime
) -> None:
    """The link came by mail, so it proves the address too. Everyone who is logged in must log in again."""
    reset = await queries.lock_password_reset(session, reset_id)
    reset.use(at=at)
    user = await queries.lock_user(session, reset.user_id or reset.id)
    if user.email != reset.email:
        raise LinkExpired
    user.password_hash = await passwords.hash(password)
    _mark_verified(session, user, at=at)
    await _end_other_resets(session, reset, at=at)
    await end_sessions(session, user_id=user.id, at=at)
    await forget_attempts(session, what=f"log-in:{user.email}")


async def ensure_operator(
    session: AsyncSession, *, email: str, name: str, password: str, passwords: Passwords, at: datetime
) -> User:
    """A verified person for a trial system. The setting `operator_emails` makes the person an operator."""
    user = await queries.find_user_by_email(session, email) or await _insert_user(
        session, name=name, email=email, language="sv", password_hash=await passwords.hash(password), at=at
    )
    user.verified_at = user.verified_at or at
    return user


async def end_sessions(session: AsyncSession, *, user_id: UUID, at: datetime) -> None:
    """The person must log in again on every device."""
    theirs = LoginSession.user_id == user_id, LoginSession.ended_at.is_(None)
    await session.execute(update(LoginSession).where(*theirs).values(ended_at=at))


async def forget_expired(session: AsyncSession, *, at: datetime) -> None:
    """Log-ins and links are kept for a while, so that an old one is still told from a forged one."""
    await forget_ended_windows(session, at=at)
    for kind in (LoginSession, PasswordReset, Verification):
        await session.execute(delete(kind).where(kind.expires_at < at - KEPT))


def _mark_verified(session: AsyncSession, user: User, *, at: datetime) -> None:
    if user.verify(at=at):
        publish_verification(session, user)


def _open_verification(session: AsyncSession, user: User, *, at: datetime) -> None:
    link = Verification(id=uuid7(), user_id=user.id, email=user.email, expires_at=at + VERIFY_WITHIN)
    session.add(link)
    publish_registration(session, user, verification_id=link.id)


def _open_reset(session: AsyncSession, user: User, *, within: timedelta, at: datetime) -> PasswordReset:
    reset = PasswordReset(id=uuid7(), user_id=user.id, email=user.email, expires_at=at + within)
    session.add(reset)
    return reset


async def _end_other_resets(session: AsyncSession, used: PasswordReset, *, at: datetime) -> None:
    others = PasswordReset.user_id == used.user_id, PasswordReset.used_at.is_(None)
    await session.execute(update(PasswordReset).where(*others).values(used_at=at))


async def _insert_user(
    session: AsyncSession,
    *,
    name: str,
    email: str,
    language: Language,
    password_hash: str | None,
    at: datetime,
) -> User:
    """Raises EmailTaken, also where somebody signs up with the address at this moment."""
    values = {"id": uuid7(), "name": name, "email": email, "language": language, "created_at": at}
    statement = insert(User).values(**values, password_hash=password_hash, version=1)
    user: User | None = await session.scalar(statement.on_conflict_do_nothing().returning(User))
    if user is None:
        raise EmailTaken
    return user
