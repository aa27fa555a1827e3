from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.identity.credentials.queries import Credentials
from shared.http.schemas import Answer, Body

# A code of six digits, or a recovery code; spaces and hyphens in it don't matter.
Otp = Annotated[str, StringConstraints(min_length=1, max_length=40), Field(examples=["123456"])]
PasskeyNameOut = Annotated[str, Field(examples=["Annas telefon"])]
RecoveryCode = Annotated[str, Field(examples=["8k3m-q2vz-0c9r-w7tn"])]


class PasskeyOut(Answer):
    id: UUID
    """As `/v1/me/credentials/passkeys/{passkey_id}` takes it."""
    name: PasskeyNameOut
    """What the person calls it."""
    synced: bool
    """True where the person's devices share it; false where it never leaves the one that made it."""
    created_at: datetime
    """When it was added."""
    last_used_at: datetime | None
    """When somebody logged in with it last; null where nobody has."""


class TotpOut(Answer):
    since: datetime
    """When its first code was confirmed."""


class CredentialsOut(Answer):
    totp: TotpOut | None
    """The authenticator app; null where there is none, or its first code was not confirmed."""
    passkeys: list[PasskeyOut]
    """Oldest first."""
    recovery_codes_left: int
    """How many can still be used. Renew them before there are none."""

    @classmethod
    def of(cls, known: Credentials) -> Self:
        return cls(
            totp=TotpOut(since=known.totp_since) if known.totp_since else None,
            passkeys=[PasskeyOut.model_validate(each) for each in known.passkeys],
            recovery_codes_left=known.recovery_codes_left,
        )


class BegunTotpOut(Answer):
    secret: Annotated[str, Field(examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])]
    """For who can't read the code with a camera: 160 bits in Base32. It is never shown again."""
    otpauth_url: Annotated[
        str,
        Field(
            examples=[
                "otpauth://totp/%C3%84rende:anna.ek%40byran.example"
                "?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=%C3%84rende"
            ]
        ),
    ]
    """To be shown as a QR code, which the app reads. It holds the secret: let nobody else draw it."""


class TotpCodeIn(Body):
    code: Otp
    """What the app shows now."""


class RecoveryCodesOut(Answer):
    recovery_codes: list[RecoveryCode]
    """Ten codes, to be kept on paper; each lets one log in once in place of the second factor. They are never
    shown again. Empty where the person was given theirs before."""
