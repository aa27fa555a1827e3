"""What a person has beside a password to log in with. All are rows of one person, and only that person's
transactions reach them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.credentials.errors import TotpExists, WrongCode
from services.identity.credentials.otp import step_of
from services.identity.tables import Row

CONFIRM_WITHIN = timedelta(minutes=30)


class Totp(Row):
    """An authenticator app (RFC 6238). `secret` is sealed (seal.py); `last_step` is the time step of the
    newest code that was taken: no code of it or of an earlier step is taken again."""

    __tablename__ = "totp"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), primary_key=True)
    secret: Mapped[str]
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")

    def begin(self, *, secret: str, at: datetime) -> None:
        if self.confirmed_at is not None:
            raise TotpExists
        self.secret, self.begun_at = secret, at

    def confirm(self, code: str, *, secret: str, at: datetime) -> None:
        if self.confirmed_at is not None:
            raise TotpExists
        if self.begun_at + CONFIRM_WITHIN <= at or not self.use(code, secret=secret, at=at):
            raise WrongCode
        self.confirmed_at = at

    def use(self, code: str, *, secret: str, at: datetime) -> bool:
        """Takes each code once. `secret` is the opened one."""
        step = step_of(code, secret=secret, after=self.last_step, at=at)
        if step is None:
            return False
        self.last_step = step
        return True


class RecoveryCode(Row):
    """For who has lost the other credentials. Only its hash is stored; each code is used once."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class Passkey(Row):
    """A key pair of the person's device (WebAuthn), of which this is the public half. `synced` says that the
    device shares it with others; `sign_count` is the device's own count of uses, 0 where it keeps none."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    synced: Mapped[bool]
    name: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class Challenge(Row):
    """What a device is to sign, once. `user_id` is who registers a passkey, None where somebody logs in."""

    __tablename__ = "challenges"

    challenge: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="cascade"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
