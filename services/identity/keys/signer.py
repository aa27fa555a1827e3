"""The private keys, read again when the file changes, so that a rotation needs no restart."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.failures import Failure
from shared.tokens import sign, trouble_with


@dataclass
class Signer:
    file: Path | None
    issuer: str
    _read: float = field(default=-1.0, init=False)
    _key: OKPKey | None = field(default=None, init=False)

    def sign(self, claims: dict[str, Any]) -> str:
        return sign(claims, self._newest(), issuer=self.issuer)

    def require(self) -> None:
        """Raises Failure where the keys can't be read: nobody could log in."""
        try:
            self._newest()
        except (OSError, JoseError, ValueError, TypeError, LookupError) as error:
            raise Failure(f"ARENDE_SIGNING_KEYS_FILE: {self.file} {trouble_with(error)}") from error

    def _newest(self) -> OKPKey:
        """The first key of the set. Put its public half into every service's set before it signs."""
        if self.file is None:
            raise Failure("ARENDE_SIGNING_KEYS_FILE is missing")
        changed = self.file.stat().st_mtime
        if self._key is None or changed != self._read:
            self._key = OKPKey.import_key(json.loads(self.file.read_text())["keys"][0])
            self._read = changed
        return self._key
