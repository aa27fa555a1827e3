"""Tokens for the links in mails: `id + HMAC-SHA256(secret, purpose, id)`, derived, never stored.

An event only carries the id; whoever writes the mail and whoever checks the link derive the same
token from the shared secret, so no token ever stands in a database, an event, a log or a dead letter.
That a link works only once is ensured by its row, which knows whether it was used.
"""

import hashlib
import hmac
from typing import Literal
from uuid import UUID

from pydantic import SecretStr

from shared.encoding import decode, encode

Purpose = Literal["verify", "password-reset", "invitation"]
_MAC_BYTES = 20


def _mac(secret: SecretStr, purpose: Purpose, link_id: UUID) -> bytes:
    text = f"{purpose}:{link_id}".encode()
    return hmac.digest(secret.get_secret_value().encode(), text, hashlib.sha256)[:_MAC_BYTES]


def link_token(secret: SecretStr, purpose: Purpose, link_id: UUID) -> str:
    """The token for this id: 48 URL-safe characters."""
    return encode(link_id.bytes + _mac(secret, purpose, link_id))


def read_link_token(secret: SecretStr, purpose: Purpose, token: str) -> UUID | None:
    """The id that the token was made for, or None if it was not made by us for this purpose."""
    try:
        raw = decode(token)
    except ValueError:
        return None
    if len(raw) != 16 + _MAC_BYTES:
        return None
    link_id = UUID(bytes=raw[:16])
    return link_id if hmac.compare_digest(raw[16:], _mac(secret, purpose, link_id)) else None
