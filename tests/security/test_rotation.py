"""Keys are rotated without a restart: the new one is published, used, and the old one taken away."""

import json
import os
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from shared.errors import InvalidToken
from shared.tokens import TokenKeys, new_key
from tests.conftest import ISSUER
from tests.security.forgeries import signed


def publish(file: Path, *keys: OKPKey, at: float) -> None:
    file.write_text(json.dumps({"keys": [key.as_dict(private=False) for key in keys]}))
    os.utime(file, (at, at))


def test_a_key_is_believed_from_its_publication_to_its_removal(tmp_path: Path) -> None:
    old, new, file = new_key("2026-11"), new_key("2026-12"), tmp_path / "jwks.json"
    publish(file, old, at=1)
    keys = TokenKeys(file, ISSUER)
    keys.verify(signed(old))
    with pytest.raises(InvalidToken):
        keys.verify(signed(new))
    publish(file, old, new, at=2)
    keys.verify(signed(old))
    keys.verify(signed(new))
    publish(file, new, at=3)
    keys.verify(signed(new))
    with pytest.raises(InvalidToken):
        keys.verify(signed(old))
