"""Settings shown whole, as in a traceback or a debugger, show none of their secrets."""

from typing import Any

import pytest
from pydantic import ValidationError

from arende.registry import NAMES, SERVICES
from tests.factories.keys import Keys

SECRET = "hemligt-losenord-0123456789-0123456789"
ADDRESSES = {
    "database_url": f"postgresql+asyncpg://a:{SECRET}@h/d",
    "worker_database_url": f"postgresql+asyncpg://a:{SECRET}@h/d",
    "owner_database_url": f"postgresql+asyncpg://a:{SECRET}@h/d",
    "broker_url": f"amqp://a:{SECRET}@h/",
    "otlp_endpoint": f"https://a:{SECRET}@h",
    "smtp_url": f"smtp://a:{SECRET}@h",
    "link_secret": SECRET,
}


@pytest.mark.parametrize("service", NAMES)
def test_settings_do_not_show_their_secrets(service: str, keys: Keys) -> None:
    kind = SERVICES[service].settings
    given: dict[str, Any] = {"environment": "test", "jwks_file": keys.public_file, **ADDRESSES}
    if "signing_keys_file" in kind.model_fields:
        given["signing_keys_file"] = keys.private_file
    settings = kind(**given)
    assert SECRET not in repr(settings) + str(settings)
    for name in kind.model_fields:
        with pytest.raises(ValidationError) as raised:
            kind(**{**given, name: object()})
        assert SECRET not in str(raised.value) + repr(raised.value)
