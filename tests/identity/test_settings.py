from typing import Any

import pytest

from services.identity.settings import Settings
from tests.factories.keys import Keys


@pytest.mark.parametrize(
    "weak", [{"signing_keys_file": None}, {"password_memory_kib": 8192}, {"password_rounds": 1}]
)
def test_production_refuses_weak_settings(common_settings: Any, keys: Keys, weak: dict[str, Any]) -> None:
    values = {"environment": "production", "signing_keys_file": keys.private_file, **weak}
    with pytest.raises(ValueError, match="ARENDE_"):
        Settings(**common_settings("identity", **values))
