from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.notifications.handlers import handlers
from services.notifications.main import api
from services.notifications.settings import Settings
from shared import clock
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from tests.conftest import Tokens
from tests.notifications.factories import Bureau

API = "https://api.arende.example"


@pytest.fixture(scope="session")
def settings(common_settings: Any) -> Settings:
    addresses = {"web_url": "https://app.arende.example", "api_url": f"{API}/"}
    return Settings(**common_settings("notifications", **addresses))


@pytest.fixture(scope="session")
async def client(settings: Settings, client_of: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = api(settings)
    async with client_of(app) as client:
        yield client
    await app.state.database.close()


@pytest.fixture(scope="session")
async def worker_db(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.worker_database_url, name="tests")
    yield database
    await database.close()


@pytest.fixture(scope="session")
def consumer(worker_db: Database) -> Consumer:
    return Consumer(worker_db, handlers)


@pytest.fixture
async def bureau(
    consumer: Consumer, worker_db: Database, client: httpx.AsyncClient, tokens: Tokens
) -> Bureau:
    """A bureau whose copies have come: one employee, one customer with one member."""
    return await Bureau(consumer, worker_db, client, tokens).known()


@pytest.fixture
async def other(consumer: Consumer, worker_db: Database, client: httpx.AsyncClient, tokens: Tokens) -> Bureau:
    return await Bureau(consumer, worker_db, client, tokens).known()


class MovedClock:
    def __init__(self, file: Path) -> None:
        self.file = file
        clock.follow(file)

    def move(self, **by: float) -> None:
        clock.set_offset(self.file, clock.offset() + timedelta(**by))


@pytest.fixture
def moved_clock(tmp_path: Path) -> Iterator[MovedClock]:
    yield MovedClock(tmp_path / "clock")
    clock.follow(None)
