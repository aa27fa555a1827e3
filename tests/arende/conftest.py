"""Settings as environment variables of a process."""

from collections.abc import Callable
from typing import Any

import pytest

from arende.installation import environment
from tests.factories.keys import Keys

Variables = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def variables(common_settings: Any, keys: Keys) -> Variables:
    """`variables("cases", drain_seconds=1)` is the environment of a process of that service."""

    def of(service: str, **overrides: Any) -> dict[str, str]:
        own = {"signing_keys_file": keys.private_file} if service == "identity" else {}
        settings = common_settings(service, **{"drain_seconds": 0, **own, **overrides})
        plain = {name: _plain(value) for name, value in settings.items()}
        return environment(plain)

    return of


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | list | tuple) else str(value)
