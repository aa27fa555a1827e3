"""The keys that sign the tests' tokens."""

import json
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import KeySet, OKPKey

from shared.tokens import new_key

ISSUER = "https://arende.example"
LINK_SECRET = "tests-only-link-secret-0123456789abcdef"
CREDENTIALS_SECRET = "tests-only-credentials-secret-0123456789"


@dataclass(frozen=True)
class Keys:
    key: OKPKey
    public_file: Path
    private_file: Path


def new_keys(folder: Path) -> Keys:
    key = new_key("test-1")
    keys = Keys(key, folder / "jwks.json", folder / "signing.json")
    keys.public_file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    keys.private_file.write_text(json.dumps(KeySet([key]).as_dict(private=True)))
    return keys
