"""What is special to cases: its folder of files, and the first people of each test."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.cases.main import api
from services.cases.settings import Settings
from tests.cases.writes import World
from tests.factories.cases import Colleague, Counterpart, Participant, collaborate, hire
from tests.factories.keys import Keys
from tests.factories.records import Bureau
from tests.factories.service import Service, client_of, serve


@pytest.fixture(scope="session")
def settings(common_settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(**common_settings("cases", files_folder=tmp_path_factory.mktemp("files")))


@pytest.fixture(scope="session")
async def service(settings: Settings, keys: Keys) -> AsyncIterator[Service]:
    async with serve(settings, keys) as service:
        yield service


@pytest.fixture
async def anna(service: Service, bureau: Bureau) -> Colleague:
    """An employee with all rights."""
    return await hire(service, bureau)


@pytest.fixture
async def customer(service: Service, anna: Colleague) -> Counterpart:
    """A customer for whom Anna is responsible, with one person."""
    return await collaborate(service, anna)


@pytest.fixture
def karin(customer: Counterpart) -> Participant:
    return customer.people[0]


@pytest.fixture(scope="session")
def owner_url(settings: Settings) -> str:
    """The URL of the role that owns the tables; only this role can do harm to a timeline."""
    assert settings.owner_database_url is not None
    return settings.owner_database_url


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.files_folder


@pytest.fixture(scope="session")
async def small(common_settings: Any, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same service with a limit of 20,000 bytes a file."""
    limited = common_settings("cases", files_folder=settings.files_folder, largest_file=20_000)
    app = api(Settings(**limited))
    async with client_of(app) as client:
        yield client
    await app.state.database.close()


@pytest.fixture
def world(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart, karin: Participant
) -> World:
    return World(service, bureau, anna, customer, karin)
