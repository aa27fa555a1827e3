"""The five APIs, each with a client that has no token of its own."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from arende.registry import SERVICES
from tests.arende.conftest import variables as variables
from tests.factories.keys import Keys
from tests.factories.service import client_of

Apis = dict[str, FastAPI]


@pytest.fixture(scope="session")
async def apis(
    common_settings: Any, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Apis]:
    own: dict[str, dict[str, Any]] = {
        "identity": {
            "signing_keys_file": keys.private_file,
            "password_memory_kib": 64,
            "password_rounds": 1,
        },
        "cases": {"files_folder": tmp_path_factory.mktemp("files")},
    }
    apis = {
        name: service.api(
            service.settings(
                **common_settings(name, **own.get(name, {}), web_url="https://app.arende.example")
            )
        )
        for name, service in SERVICES.items()
    }
    yield apis
    for app in apis.values():
        await app.state.database.close()


@pytest.fixture(scope="session")
def clients(apis: Apis) -> dict[str, httpx.AsyncClient]:
    return {name: client_of(app) for name, app in apis.items()}
