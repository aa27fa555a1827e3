"""Signing up, verifying addresses, setting passwords."""

from collections.abc import Iterable
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
from services.identity.people.errors import (
    EmailTaken,
    LinkExpired,
    LinkUsed,
    WrongCredentials,
    WrongPassword,
)
from services.identity.people.events import (
    publish_ended_sessions,
    publish_password_change,
    publish_password_reset,
    publish_repeated_sign_up,
    publish_verification,
)
from services.identity.people.links import (
    RESET_WITHIN,
    WELCOME_WITHIN,
    end_resets,
    open_reset,
    open_verification,
)
from services.identity.people.passwords import Passwords
from services.identity.people.tables import LoginSession, PasswordReset, User, Verification
from shared import security
from shared.events.identity import Language
from shared.ids import timeless_uuid7, uuid7

KEPT = timedelta(days=30)


async def sign_up(
    session: AsyncSession,
    *,
    name: str,
    email: str,
    password: str,
    language: Language,
    passwords: Passwords,
    limits: Limits,
    at: datetime,
) -> User:
    """Does and returns the same for an address that is taken, whose owner is told by mail: nobody learns
    here whether a person exists. The person returned then has an id that leads nowhere."""
    await count_attempt(session, what=f"sign-up:{email}", limit=limits.mails, window=limits.window, at=at)
    typed = {"name": name, "email": email, "language": language}
    await passwords.require_strong(password, field="password", about=(name, email))
    user = await _insert_user(session, **typed, password_hash=await passwords.hash(password), at=at)
    if user is not None:
        open_verification(session, user, at=at)
        return user
    known = await queries.lock_user_by_email(session, email)
    known.version += 1
    if known.email_verified:
        publish_repeated_sign_up(session, known)
    else:
        open_verification(session, known, at=at)
    return User(id=timeless_uuid7(), **typed)


async def register_user(
    session: AsyncSession,
    *,
    name: str,
    email: str,
    password: str,
    language: Language,
    bureau_name: str,
    passwords: Passwords,
    at: datetime,
) -> User:
    """For the first employee of a bureau. Publishes the event that mails the verifying link."""
    await passwords.require_strong(password, field="admin.password", about=(name, email, bureau_name))
    columns = {"name": name, "email": email, "language": language}
    user = await _insert_user(session, **columns, password_hash=await passwords.hash(password), at=at)
    if user is None:
        raise EmailTaken
    open_verification(session, user, at=at)
    return user


async def invite_user(
    session: AsyncSession, *, name: str, email: str, language: Language, at: datetime
) -> tuple[User, UUID | None]:
    """Finds or makes the person with this address, to whom somebody else gives a role.

    Also returns the id of a link by which to choose a password, unless the address is verified. Nothing else
    changes for a person who is known: only who opens the mail decides that.
    """
    user = await queries.find_user_by_email(session, email)
    user = user or await _insert_user(session, name=name, email=email, language=language, at=at)
    user = user or await queries.lock_user_by_email(session, email)
    if user.email_verified:
        return user, None
    return user, open_reset(session, user, within=WELCOME_WITHIN, at=at).id


async def forget_unused(session: AsyncSession, *, user_id: UUID) -> bool:
    """Removes a person who has never come: nobody has chosen a password, or followed a link to the address.
    Returns False for everybody else."""
    user = await queries.lock_user(session, user_id)
    if user.email_verified or user.password_hash:
        return False
    await session.delete(user)
    return True


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


async def verify_address(
    session: AsyncSession,
    *,
    verification_id: UUID | None,
    password: str,
    passwords: Passwords,
    limits: Limits,
    at: datetime,
) -> User:
    """Who opened the mail chooses the password: the one of the sign-up may be a stranger's.

    The link may be followed again with the same password, which changes nothing. It gives a verified person
    no other password: a mail that lies about must not open the account.
    """
    verification = await queries.get_verification(session, verification_id)
    user = await queries.lock_user(session, verification.user_id)
    verification.require_open(at=at)
    if user.email != verification.email:
        raise LinkExpired
    if not user.email_verified:
        await _set_password(session, user, password=password, passwords=passwords, at=at)
        return user
    guesses = f"verify-again:{verification.id}"
    await count_attempt(session, what=guesses, limit=limits.per_person, window=limits.window, at=at)
    if not await passwords.match(password, user.password_hash):
        raise LinkUsed
    return user


async def resend_verification(session: AsyncSession, *, user_id: UUID, limits: Limits, at: datetime) -> None:
    user = await queries.lock_user(session, user_id)
    if user.email_verified:
        return
    what = f"verify:{user.email}"
    await count_attempt(session, what=what, limit=limits.mails, window=limits.window, at=at)
    user.version += 1
    open_verification(session, user, at=at)


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
    reset = open_reset(session, user, within=RESET_WITHIN, at=at)
    publish_password_reset(session, user, reset_id=reset.id)


async def reset_password(
    session: AsyncSession, *, reset_id: UUID | None, password: str, passwords: Passwords, at: datetime
) -> None:
    """The link came by mail, so it proves the address too. Everyone who is logged in must log in again."""
    reset = await queries.lock_password_reset(session, reset_id)
    reset.require_open(at=at)
    user = await queries.lock_user(session, reset.user_id or reset.id)
    if user.email != reset.email:
        raise LinkExpired
    await _set_password(session, user, password=password, passwords=passwords, at=at)


async def change_password(
    session: AsyncSession,
    *,
    user_id: UUID,
    session_id: UUID,
    current_password: str,
    new_password: str,
    about: Iterable[str],
    client_address: str,
    passwords: Passwords,
    limits: Limits,
    at: datetime,
) -> None:
    """All log-ins end but `session_id`. Guesses at the present password are limited as at log-in."""
    user = await queries.lock_user(session, user_id)
    known = {"email": user.email, "password": current_password, "client_address": client_address}
    try:
        await authenticate(session, **known, passwords=passwords, limits=limits, at=at)
    except WrongCredentials:
        raise WrongPassword from None
    await passwords.require_strong(new_password, field="new_password", about=(user.name, user.email, *about))
    await _replace_password(session, user, await passwords.hash(new_password), at=at)
    await end_sessions(session, user_id=user.id, but=session_id, at=at)


async def ensure_operator(
    session: AsyncSession, *, email: str, name: str, password: str, passwords: Passwords, at: datetime
) -> None:
    """A verified person for a trial system. The setting `operator_emails` makes the person an operator."""
    password_hash = await passwords.hash(password)
    person = {"name": name, "email": email, "language": "sv", "password_hash": password_hash}
    statement = insert(User).values(id=timeless_uuid7(), **person, created_at=at, verified_at=at, version=1)
    await session.execute(statement.on_conflict_do_nothing())


async def end_sessions(
    session: AsyncSession, *, user_id: UUID, but: UUID | None = None, at: datetime
) -> None:
    """The person must log in again on every device; `but` is the log-in that goes on."""
    theirs = LoginSession.user_id == user_id, LoginSession.ended_at.is_(None)
    others = theirs if but is None else (*theirs, LoginSession.id != but)
    ended = update(LoginSession).where(*others).values(ended_at=at).returning(LoginSession.id)
    ids = (await session.scalars(ended)).all()
    await publish_ended_sessions(session, user_id=user_id, session_ids=ids)


async def forget_expired(session: AsyncSession, *, at: datetime) -> None:
    """Log-ins and links are kept for a while, so that an old one is still told from a forged one."""
    await forget_ended_windows(session, at=at)
    for kind in (LoginSession, PasswordReset, Verification):
        await session.execute(delete(kind).where(kind.expires_at < at - KEPT))


async def _set_password(
    session: AsyncSession, user: User, *, password: str, passwords: Passwords, at: datetime
) -> None:
    """Of a person who has opened the mail, which verifies the address."""
    await passwords.require_strong(password, field="password", about=(user.name, user.email))
    await _replace_password(session, user, await passwords.hash(password), at=at)
    if user.verify(at=at):
        publish_verification(session, user)
        security.note(session, "person_verified", person=user.id)
    await end_sessions(session, user_id=user.id, at=at)
    await forget_attempts(session, what=f"log-in:{user.email}")


async def _replace_password(session: AsyncSession, user: User, password_hash: str, *, at: datetime) -> None:
    """A verified person is told of it by mail. Links for choosing a password end."""
    user.password_hash = password_hash
    security.note(session, "password_changed", person=user.id)
    if user.email_verified:
        user.version += 1
        publish_password_change(session, user)
    await end_resets(session, user, at=at)


async def _insert_user(session: AsyncSession, *, at: datetime, **columns: str | None) -> User | None:
    """Returns None where the address is taken, also where somebody signs up with it at this moment."""
    values = {"id": timeless_uuid7(), **columns, "created_at": at, "version": 1}
    statement = insert(User).values(**values).on_conflict_do_nothing()
    user: User | None = await session.scalar(statement.returning(User))
    return user
