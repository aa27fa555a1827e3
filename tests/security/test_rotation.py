"""Keys are rotated without a restart: the new key is published, then used, then the old one is removed."""

import json
import os
import time
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from shared.errors import InvalidToken
from shared.tokens import TokenKeys, new_key
from tests.factories.keys import ISSUER
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


def test_a_token_that_was_believed_expires_all_the_same(tmp_path: Path) -> None:
    key, file, clock = new_key("2026-11"), tmp_path / "jwks.json", [time.time()]
    publish(file, key, at=1)
    keys, token = TokenKeys(file, ISSUER, now=lambda: clock[0]), signed(key)
    principal = keys.verify(token)
    assert keys.verify(token) == principal
    clock[0] = principal.exp
    with pytest.raises(InvalidToken):
        keys.verify(token)


def test_what_was_believed_is_forgotten_beyond_a_number(tmp_path: Path) -> None:
    key, file = new_key("2026-11"), tmp_path / "jwks.json"
    publish(file, key, at=1)
    keys = TokenKeys(file, ISSUER, believed=2)
    tokens = [signed(key) for _ in range(3)]
    for token in tokens:
        keys.verify(token)
    assert list(keys.known) == tokens[1:]
