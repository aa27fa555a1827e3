"""Access tokens: JWT signed with Ed25519 (RFC 8037, RFC 9068), and who they say the caller is."""

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import InvalidToken

ALGORITHM = "Ed25519"
AUDIENCE = "arende"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type (RFC 9068), not a secret
LARGEST_TOKEN = 4096
# Tokens whose signature is not computed again: about 10 MB at most.
BELIEVED = 4096


class _Hat(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EmployeeHat(_Hat):
    kind: Literal["employee"] = "employee"
    bureau_id: UUID
    employee_id: UUID
    account_role: Literal["administrator", "user"]
    maintenance: Literal["none", "full"]
    customers: Literal["limited", "full"]

    @property
    def hat_id(self) -> UUID | None:
        return self.bureau_id


class MemberHat(_Hat):
    kind: Literal["member"] = "member"
    account_id: UUID
    role: Literal["administrator", "user"]

    @property
    def hat_id(self) -> UUID | None:
        return self.account_id


class OperatorHat(_Hat):
    kind: Literal["operator"] = "operator"

    @property
    def hat_id(self) -> UUID | None:
        return None


# What a person acts as.
Hat = Annotated[EmployeeHat | MemberHat | OperatorHat, Field(discriminator="kind")]


class Principal(BaseModel):
    """The claims of a verified token."""

    model_config = ConfigDict(frozen=True)

    sub: UUID
    iat: float
    exp: float
    email: str
    email_verified: bool
    name: str
    session_id: UUID
    hat: Hat | None = None


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


def sign(claims: dict[str, Any], key: OKPKey, *, issuer: str) -> str:
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": TOKEN_TYPE}
    return jwt.encode(header, {**claims, "iss": issuer, "aud": AUDIENCE}, key, algorithms=[ALGORITHM])


def new_key(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})
