"""Access tokens: JWT signed with Ed25519 (RFC 8037, RFC 9068), and the keys that they are checked with."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from json import JSONDecoder, loads
from pathlib import Path
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import ValidationError

from shared.encoding import decode
from shared.errors import InvalidToken
from shared.failures import Failure
from shared.principals import Principal

ALGORITHM = "Ed25519"
AUDIENCE = "arende"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type (RFC 9068), not a secret
LARGEST_TOKEN = 4096
# A token that would last longer is none of ours, whoever has signed it.
LONGEST_SECONDS = 3700
# By so much the clocks of two machines may differ.
LEEWAY_SECONDS = 60
# All that a header says. What others may say there asks for more than we do (`crit`, RFC 7515, 4.1.11).
_HEADER = {"alg", "kid", "typ"}
# Why a token was refused, for the security log: the caller is not told.
Reason = Literal["expired", "malformed", "not_yet", "signature", "too_large", "wrong_claims", "wrong_header"]
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
            self._keys = KeySet.import_key_set(loads(self.file.read_text()))
            self._read = changed
            self.known.clear()
        return self._keys

    def verify(self, token: str) -> Principal:
        """Raises InvalidToken for whatever is wrong with it; the reason is not told."""
        if len(token) > LARGEST_TOKEN:
            raise _refused("too_large")
        keys = self.keys()
        # A signature is good for as long as its key is published; the time is looked at each time.
        principal = self.known.get(token) or self._checked(token, keys)
        now = self.now()
        if now >= principal.exp:
            self.known.pop(token, None)
            raise _refused("expired")
        if now + LEEWAY_SECONDS < max(principal.iat, principal.nbf or 0):
            raise _refused("not_yet")
        return principal

    def _checked(self, token: str, keys: KeySet) -> Principal:
        try:
            header = loads(decode(token.partition(".")[0]), cls=_Json)
            decoded = jwt.decode(token, keys, algorithms=[ALGORITHM], decoder_cls=_Json)
        except BadSignatureError as error:
            raise _refused("signature") from error
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise _refused("malformed") from error
        if header.keys() != _HEADER or header["typ"] != TOKEN_TYPE:
            raise _refused("wrong_header")
        try:
            principal = Principal.model_validate(decoded.claims)
        except ValidationError as error:
            raise _refused("wrong_claims") from error
        ours = decoded.claims.get("iss") == self.issuer and decoded.claims.get("aud") == AUDIENCE
        if not ours or not 0 < principal.exp - principal.iat <= LONGEST_SECONDS:
            raise _refused("wrong_claims")
        self.known[token] = principal
        if len(self.known) > self.believed:
            self.known.popitem(last=False)
        return principal


class _Json(JSONDecoder):
    """Refuses what parsers read differently: a name that stands twice, and numbers that are none."""

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=_object, parse_constant=_no_number)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a name stands twice")
    return read


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _refused(reason: Reason) -> InvalidToken:
    return InvalidToken().note(reason=reason)


def trouble_with(error: Exception) -> str:
    """What is wrong with a file of keys, without a word of what is in it."""
    return f"can't be read: {error.strerror}" if isinstance(error, OSError) else "is no JWK Set"


def sign(claims: dict[str, Any], key: OKPKey, *, issuer: str) -> str:
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": TOKEN_TYPE}
    return jwt.encode(header, {**claims, "iss": issuer, "aud": AUDIENCE}, key, algorithms=[ALGORITHM])


def new_key(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})
