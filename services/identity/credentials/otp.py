"""One-time codes: those of an authenticator app (RFC 6238: six digits, 30 seconds, SHA-1), and recovery codes
of 80 random bits."""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

RECOVERY_CODES = 10
_STEP_SECONDS = 30
_ISSUER = "Ärende"
# Crockford's: without letters that look like digits or like each other.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP = 4, 4


def new_secret() -> str:
    """160 bits in Base32, as RFC 4226 recommends."""
    import pyotp

    return pyotp.random_base32()


def otpauth_url(secret: str, *, email: str) -> str:
    """What an authenticator app reads from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def step_of(code: str, *, secret: str, after: int, at: datetime) -> int | None:
    """The time step that the code is of: the present one, or one before or after it where the device's clock
    differs. None for a wrong code, and for one of a step that is not later than `after`."""
    import pyotp

    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // _STEP_SECONDS
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.generate_otp(step), code) and step > after:
            return step
    return None


def without_spaces(typed: str) -> str:
    """A code as it is compared: people type spaces and hyphens, and capital letters."""
    return "".join(char for char in typed.casefold() if char.isascii() and char.isalnum())


def new_recovery_code() -> str:
    """`8k3m-q2vz-0c9r-w7tn`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_GROUPS * _GROUP))
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def hash_of(code: str, *, owner: UUID) -> bytes:
    """Plain SHA-256 is enough for 80 random bits; the owner makes each person's hashes their own."""
    return hashlib.sha256(owner.bytes + without_spaces(code).encode()).digest()
