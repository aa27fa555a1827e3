"""Secrets that must be read again, such as that of an authenticator app, are stored sealed: encrypted and
authenticated (RFC 7516: `dir`, A256GCM), each for one person, whose row alone it opens in."""

import hashlib
import json
from collections.abc import Iterable
from uuid import UUID

from pydantic import SecretStr

from shared.encoding import decode
from shared.settings import required

_ALGORITHMS = ["dir", "A256GCM"]


class BrokenSeal(Exception):
    """It was sealed with a key that is gone, for somebody else, or altered."""


class Seal:
    """The first secret seals; what the others have sealed is opened too, so that a secret can be changed.

    Outside production there may be none: then `close` raises Failure. A worker, which opens nothing, loads
    this module without cryptography.
    """

    def __init__(self, secrets: Iterable[SecretStr]) -> None:
        self._keys = {_key_id(key): key for key in map(_derive, secrets)}

    def close(self, text: str, *, owner: UUID) -> str:
        from joserfc import jwe
        from joserfc.jwk import OctKey

        registry = jwe.JWERegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        header = {"alg": "dir", "enc": "A256GCM", "kid": self._newest, "sub": str(owner)}
        key = OctKey.import_key(self._keys[self._newest])
        return jwe.encrypt_compact(header, text.encode(), key, registry=registry)

    def open(self, sealed: str, *, owner: UUID) -> str:
        """Raises BrokenSeal."""
        from joserfc import jwe
        from joserfc.errors import JoseError
        from joserfc.jwk import OctKey

        registry = jwe.JWERegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        try:
            key = OctKey.import_key(self._keys[_sealed_with(sealed)])
            opened = jwe.decrypt_compact(sealed, key, registry=registry)
        except (JoseError, ValueError, LookupError) as error:
            raise BrokenSeal from error
        if opened.headers().get("sub") != str(owner) or opened.plaintext is None:
            raise BrokenSeal
        return opened.plaintext.decode()

    def is_outdated(self, sealed: str) -> bool:
        """Whether an older secret than the present one has sealed it."""
        return _sealed_with(sealed) != self._newest

    @property
    def _newest(self) -> str:
        return required(next(iter(self._keys), None), "ARENDE_CREDENTIALS_SECRET")


def _sealed_with(sealed: str) -> str:
    return str(json.loads(decode(sealed.partition(".")[0]))["kid"])


def _derive(secret: SecretStr) -> bytes:
    """The setting is as random as a key, so that one digest is enough; the words keep it to this use."""
    return hashlib.sha256(b"arende credentials\0" + secret.get_secret_value().encode()).digest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"id\0" + key).hexdigest()[:8]
