"""Signing up, verifying addresses, setting passwords."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.persons import attempts, queries
from services.identity.persons.attempts import Limits
from services.identity.persons.errors import EmailTaken, LinkExpired, WrongCredentials
from services.identity.persons.passwords import Passwords
from services.identity.persons.sessions.tables import LoginSession
from services.identity.persons.tables import PasswordReset, User, Verification
from shared.bus import outbox
from shared.events.identity import Language, PasswordResetRequested, UserRegistered, UserVerified
from shared.ids import uuid7

VERIFY_WITHIN = timedelta(days=7)
RESET_WITHIN = timedelta(hours=24)
# A welcome mail that comes on a Friday afternoon must still be good after a holiday.
WELCOME_WITHIN = timedelta(days=14)


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
    """A person signs up; the mail with the verifying link follows."""
    hash = await passwords.hash(password)
    user = await _insert_user(session, name=name, email=email, language=language, hash=hash, at=at)
    _ask_to_verify(session, user, at=at)
    return user


async def invite_user(
    session: AsyncSession, *, name: str, email: str, language: Language, at: datetime
) -> tuple[User, UUID | None]:
    """The person with this address, to be given a role by somebody else; and the id of the link by which
    to choose a password, unless they have shown that the address is theirs.

    A password that was chosen before the address was verified may be a stranger's: it ends here.
    """
    user = await queries.user_of_email(session, email) or await _insert_user(
        session, name=name, email=email, language=language, hash=None, at=at
    )
    if user.email_verified:
        return user, None
    user.password_hash = None
    await end_sessions(session, user, at=at)
    return user, open_reset(session, user, within=WELCOME_WITHIN, at=at).id


async def move_unclaimed_user(session: AsyncSession, user: User, *, email: str, at: datetime) -> UUID:
    """Mend the address of a person who never came; answers the id of the new link."""
    if await queries.user_of_email(session, email):
        raise EmailTaken
    await session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
    user.email = email
    user.version += 1
    return open_reset(session, user, within=WELCOME_WITHIN, at=at).id


async def authenticate(
    session: AsyncSession,
    *,
    email: str,
    password: str,
    address: str,
    passwords: Passwords,
    limits: Limits,
    at: datetime,
) -> User:
    """Raises WrongCredentials or TooManyAttempts; the same for persons that there are and are not."""
    person, place = f"log-in:{email}", f"log-in-from:{address}"
    await attempts.check(session, place, limit=limits.per_address, at=at)
    await attempts.count(session, person, limit=limits.per_person, window=limits.window, at=at)
    user = await queries.user_of_email(session, email)
    known = user.password_hash if user else None
    if not await passwords.match(password, known) or user is None or known is None:
        await attempts.count(session, place, limit=limits.per_address, window=limits.window, at=at)
        raise WrongCredentials
    if passwords.is_outdated(known):
        user.password_hash = await passwords.hash(password)
    await attempts.forget(session, person)
    return user


async def verify_address(session: AsyncSession, *, verification_id: UUID | None, at: datetime) -> User:
    """The link may be followed twice; nothing changes the second time."""
    verification = await queries.get_verification(session, verification_id)
    user = await queries.get_user_to_change(session, verification.user_id)
    if user.email_verified and user.email == verification.email:
        return user
    verification.require_open(at=at)
    if user.email != verification.email:
        raise LinkExpired
    mark_verified(session, user, at=at)
    return user


async def resend_verification(session: AsyncSession, *, user_id: UUID, limits: Limits, at: datetime) -> None:
    user = await queries.get_user_to_change(session, user_id)
    if user.email_verified:
        return
    await attempts.count(session, f"verify:{user.email}", limit=limits.mails, window=limits.window, at=at)
    user.version += 1
    _ask_to_verify(session, user, at=at)


async def request_password_reset(
    session: AsyncSession, *, email: str, address: str, limits: Limits, at: datetime
) -> None:
    """Does as much for an address that nobody has, so that the time tells nothing either."""
    await attempts.count(
        session, f"reset-from:{address}", limit=limits.per_address, window=limits.window, at=at
    )
    await attempts.count(session, f"reset:{email}", limit=limits.mails, window=limits.window, at=at)
    user = await queries.user_of_email(session, email)
    if user is None:
        ends = at + RESET_WITHIN
        session.add(PasswordReset(id=uuid7(), user_id=None, email=email, expires_at=ends))
        return
    mail_reset(session, user, open_reset(session, user, within=RESET_WITHIN, at=at).id)


async def reset_password(
    session: AsyncSession, *, reset_id: UUID | None, password: str, passwords: Passwords, at: datetime
) -> None:
    """The link came by mail, so it proves the address too. Whoever is logged in has to log in again."""
    reset = await queries.get_password_reset(session, reset_id)
    reset.use(at=at)
    user = await queries.get_user_to_change(session, reset.user_id or reset.id)
    if user.email != reset.email:
        raise LinkExpired
    user.password_hash = await passwords.hash(password)
    mark_verified(session, user, at=at)
    await _end_other_resets(session, reset, at=at)
    await end_sessions(session, user, at=at)
    await attempts.forget(session, f"log-in:{user.email}")


async def ensure_operator(
    session: AsyncSession, *, email: str, name: str, password: str, passwords: Passwords, at: datetime
) -> User:
    """A verified person with this address, for seeding; `ARENDE_OPERATOR_EMAILS` makes it an operator."""
    user = await queries.user_of_email(session, email) or await _insert_user(
        session, name=name, email=email, language="sv", hash=await passwords.hash(password), at=at
    )
    user.verified_at = user.verified_at or at
    return user


async def end_sessions(session: AsyncSession, user: User, *, at: datetime) -> None:
    theirs = LoginSession.user_id == user.id, LoginSession.ended_at.is_(None)
    await session.execute(update(LoginSession).where(*theirs).values(ended_at=at))


def mark_verified(session: AsyncSession, user: User, *, at: datetime) -> None:
    if user.verify(at=at):
        outbox.add(session, UserVerified(sequence=user.version, user_id=user.id, email=user.email))


def open_reset(session: AsyncSession, user: User, *, within: timedelta, at: datetime) -> PasswordReset:
    reset = PasswordReset(id=uuid7(), user_id=user.id, email=user.email, expires_at=at + within)
    session.add(reset)
    return reset


def mail_reset(session: AsyncSession, user: User, reset_id: UUID) -> None:
    outbox.add(
        session,
        PasswordResetRequested.model_validate(
            {
                "sequence": user.version,
                "user_id": user.id,
                "name": user.name,
                "email": user.email,
                "language": user.language,
                "reset_id": reset_id,
            }
        ),
    )


def _ask_to_verify(session: AsyncSession, user: User, *, at: datetime) -> None:
    link = Verification(id=uuid7(), user_id=user.id, email=user.email, expires_at=at + VERIFY_WITHIN)
    session.add(link)
    outbox.add(
        session,
        UserRegistered.model_validate(
            {
                "sequence": user.version,
                "user_id": user.id,
                "name": user.name,
                "email": user.email,
                "language": user.language,
                "verification_id": link.id,
            }
        ),
    )


async def _end_other_resets(session: AsyncSession, used: PasswordReset, *, at: datetime) -> None:
    others = PasswordReset.user_id == used.user_id, PasswordReset.used_at.is_(None)
    await session.execute(update(PasswordReset).where(*others).values(used_at=at))


async def _insert_user(
    session: AsyncSession, *, name: str, email: str, language: Language, hash: str | None, at: datetime
) -> User:
    """Raises EmailTaken, also where somebody signs up with the address at this moment."""
    values = {"id": uuid7(), "name": name, "email": email, "language": language, "created_at": at}
    statement = insert(User).values(**values, password_hash=hash, version=1)
    user: User | None = await session.scalar(statement.on_conflict_do_nothing().returning(User))
    if user is None:
        raise EmailTaken
    return user
