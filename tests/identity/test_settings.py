from typing import Any

import pytest

from services.identity.settings import Settings
from tests.factories.keys import LINK_SECRET, Keys

STRONG = {"environment": "production", "credentials_secret": "a-secret-of-this-test-0123456789-abcdef"}


@pytest.mark.parametrize(
    "weak",
    [
        {"signing_keys_file": None},
        {"password_memory_kib": 8192},
        {"password_rounds": 1},
        {"credentials_secret": None},
        {"credentials_secret": "short"},
        {"credentials_secret": LINK_SECRET},
    ],
)
def test_production_refuses_weak_settings(common_settings: Any, keys: Keys, weak: dict[str, Any]) -> None:
    values = {"signing_keys_file": keys.private_file, **STRONG}
    assert Settings(**common_settings("identity", **values)).service == "identity"
    values |= weak
    with pytest.raises(ValueError, match="ARENDE_"):
        Settings(**common_settings("identity", **values))
