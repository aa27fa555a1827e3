"""A person's credentials. All of it is behind the wall of the person: `set_person` comes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.credentials.tables import Challenge, Passkey, RecoveryCode, Totp
from services.identity.people.tables import LoginSession
from shared.errors import InvalidToken, NotFound


@dataclass(frozen=True)
class Credentials:
    """`totp_since` is None without an authenticator app that was confirmed."""

    totp_since: datetime | None
    passkeys: Sequence[Passkey]
    recovery_codes_left: int

    @property
    def has_second_factor(self) -> bool:
        return self.totp_since is not None or bool(self.passkeys)


async def get_credentials(session: AsyncSession, user_id: UUID) -> Credentials:
    left = select(func.count()).select_from(RecoveryCode)
    left = left.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return Credentials(
        totp_since=await session.scalar(select(Totp.confirmed_at).where(Totp.user_id == user_id)),
        passkeys=await list_passkeys(session, user_id),
        recovery_codes_left=await session.scalar(left) or 0,
    )


async def list_passkeys(session: AsyncSession, user_id: UUID) -> Sequence[Passkey]:
    """Oldest first."""
    return (await session.scalars(select(Passkey).filter_by(user_id=user_id).order_by(Passkey.id))).all()


async def find_totp(session: AsyncSession, user_id: UUID) -> Totp | None:
    return await session.get(Totp, user_id, with_for_update=True, populate_existing=True)


async def find_recovery_code(session: AsyncSession, user_id: UUID, code_hash: bytes) -> RecoveryCode | None:
    """One that has not been used. The lock makes a second use at once wait."""
    unused = select(RecoveryCode).filter_by(user_id=user_id, hash=code_hash, used_at=None)
    return await session.scalar(unused.with_for_update())


async def lock_passkey(session: AsyncSession, user_id: UUID, passkey_id: UUID) -> Passkey:
    row = await session.get(Passkey, passkey_id, with_for_update=True)
    if row is None or row.user_id != user_id:
        raise NotFound("credential")
    return row


async def find_passkey(session: AsyncSession, user_id: UUID, credential_id: bytes) -> Passkey | None:
    """By the device's own name for it. The lock makes a second use at once wait."""
    theirs = select(Passkey).filter_by(user_id=user_id, credential_id=credential_id)
    return await session.scalar(theirs.with_for_update())


async def find_challenge(session: AsyncSession, challenge: bytes) -> Challenge | None:
    """The lock makes a second use at once wait."""
    return await session.get(Challenge, challenge, with_for_update=True)


async def lock_log_in(session: AsyncSession, user_id: UUID, session_id: UUID) -> LoginSession:
    """The log-in that the caller's token is of. Raises InvalidToken where it has ended."""
    row = await session.get(LoginSession, session_id, with_for_update=True)
    if row is None or row.user_id != user_id or row.ended_at is not None:
        raise InvalidToken
    return row
