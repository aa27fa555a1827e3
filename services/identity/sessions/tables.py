import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Row
from shared.encoding import encode

# For so long a token that was used may be sent again: its answer was lost, or another tab was faster.
AGAIN_WITHIN = timedelta(seconds=30)


class RefreshToken(Row):
    """Only its hash is stored. A token is used once: a use after its successor's shows that it was copied."""

    __tablename__ = "refresh_tokens"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="cascade"), index=True)
    used_at: Mapped[datetime | None]

    def may_be_sent_again(self, *, successor: "RefreshToken | None", at: datetime) -> bool:
        unused = successor is not None and successor.used_at is None
        return self.used_at is not None and unused and at - self.used_at < AGAIN_WITHIN


def hash_of(refresh_token: str) -> bytes:
    """Plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(refresh_token.encode()).digest()


def successor_of(refresh_token: str, *, session_id: UUID, secret: SecretStr) -> str:
    """Always the same one, so that it need not be stored. Nobody can tell it from the token without the
    secret."""
    text = b"refresh-token:" + session_id.bytes + refresh_token.encode()
    return encode(hmac.digest(secret.get_secret_value().encode(), text, "sha256"))
