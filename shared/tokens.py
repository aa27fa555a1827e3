"""Access tokens: JWT signed with Ed25519 (RFC 8037, RFC 9068), and the keys that they are checked with."""

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import ValidationError

from shared.errors import InvalidToken
from shared.failures import Failure
from shared.principals import Principal

ALGORITHM = "Ed25519"
AUDIENCE = "arende"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type (RFC 9068), not a secret
LARGEST_TOKEN = 4096
# Tokens whose signature is not computed again: about 10 MB at most.
BELIEVED = 4096


@dataclass
class TokenKeys:
    """The public keys, read again when the file changes, so that a rotation needs no restart; and the last
    tokens that were good by them, so that a signature is computed once."""

    file: Path
    issuer: str
    now: Callable[[], float] = time.time
    believed: int = BELIEVED
    _read: float = field(default=-1.0, init=False)
    _keys: KeySet = field(default_factory=lambda: KeySet([]), init=False)
    known: OrderedDict[str, Principal] = field(default_factory=OrderedDict, init=False)

    def require(self) -> None:
        """Raises Failure where the key set can't be read: every token would be refused."""
        try:
            keys = self.keys().keys
        except (OSError, JoseError, ValueError, TypeError) as error:
            raise Failure(f"ARENDE_JWKS_FILE: {self.file} {trouble_with(error)}") from error
        if not keys:
            raise Failure(f"ARENDE_JWKS_FILE: {self.file} holds no key")

    def keys(self) -> KeySet:
        changed = self.file.stat().st_mtime
        if changed != self._read:
            self._keys = KeySet.import_key_set(json.loads(self.file.read_text()))
            self._read = changed
            self.known.clear()
        return self._keys

    def verify(self, token: str) -> Principal:
        """Raises InvalidToken for whatever is wrong with it; the reason is not told."""
        if len(token) > LARGEST_TOKEN:
            raise InvalidToken
        try:
            keys = self.keys()
            # A signature is good for as long as its key is published; the time is looked at each time.
            principal = self.known.get(token) or self._checked(token, keys)
        except (JoseError, ValueError, TypeError, ValidationError) as error:
            raise InvalidToken from error
        if not principal.iat - 60 <= self.now() < principal.exp:
            self.known.pop(token, None)
            raise InvalidToken
        return principal

    def _checked(self, token: str, keys: KeySet) -> Principal:
        decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
        principal = Principal.model_validate(decoded.claims)
        if "kid" not in decoded.header or decoded.header.get("typ") != TOKEN_TYPE:
            raise InvalidToken
        if decoded.claims.get("iss") != self.issuer or decoded.claims.get("aud") != AUDIENCE:
            raise InvalidToken
        self.known[token] = principal
        if len(self.known) > self.believed:
            self.known.popitem(last=False)
        return principal


def trouble_with(error: Exception) -> str:
    """What is wrong with a file of keys, without a word of what is in it."""
    return f"can't be read: {error.strerror}" if isinstance(error, OSError) else "is no JWK Set"


def sign(claims: dict[str, Any], key: OKPKey, *, issuer: str) -> str:
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": TOKEN_TYPE}
    return jwt.encode(header, {**claims, "iss": issuer, "aud": AUDIENCE}, key, algorithms=[ALGORITHM])


def new_key(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})
