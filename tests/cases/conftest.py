"""The service as it is shipped: its API as a client sees it, and its worker's consumer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.cases.main import api, worker
from services.cases.settings import Settings
from shared.bus.consumer import Consumer
from tests.cases.factories import World
from tests.conftest import Tokens


@pytest.fixture(scope="session")
def cases_settings(common_settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(**common_settings("cases", files_folder=tmp_path_factory.mktemp("files")))


@pytest.fixture(scope="session")
async def client(cases_settings: Settings, client_of: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(api(cases_settings)) as client:
        yield client


@pytest.fixture(scope="session")
async def consumer(cases_settings: Settings) -> AsyncIterator[Consumer]:
    process = worker(cases_settings)
    yield process.consumer
    await process.database.close()


@pytest.fixture(scope="session")
def owner_of_cases(cases_settings: Settings) -> str:
    """The URL of the role that owns the tables; only this role can do harm to a timeline."""
    assert cases_settings.owner_database_url is not None
    return cases_settings.owner_database_url


@pytest.fixture
def folder(cases_settings: Settings) -> Path:
    return cases_settings.files_folder


@pytest.fixture(scope="session")
async def small(
    common_settings: Any, cases_settings: Settings, client_of: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same service with a limit of 20,000 bytes a file."""
    settings = common_settings("cases", files_folder=cases_settings.files_folder, largest_file=20_000)
    async with client_of(api(Settings(**settings))) as client:
        yield client


@pytest.fixture
def world(client: httpx.AsyncClient, consumer: Consumer, tokens: Tokens) -> World:
    return World(client, consumer, tokens)


@pytest.fixture
def other_world(client: httpx.AsyncClient, consumer: Consumer, tokens: Tokens) -> World:
    """Another bureau, whose people must see nothing of the first one's."""
    return World(client, consumer, tokens)
