from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.billing.handlers import handlers
from services.billing.main import api
from services.billing.settings import Settings
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from tests.billing.factories import Bureau
from tests.conftest import Tokens


@pytest.fixture(scope="session")
def settings(common_settings: Any) -> Settings:
    return Settings(**common_settings("billing"))


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
def bureau(consumer: Consumer, worker_db: Database, client: httpx.AsyncClient, tokens: Tokens) -> Bureau:
    return Bureau(consumer, worker_db, client, tokens)


@pytest.fixture
def other(consumer: Consumer, worker_db: Database, client: httpx.AsyncClient, tokens: Tokens) -> Bureau:
    return Bureau(consumer, worker_db, client, tokens)
