"""Invitations over real PostgreSQL: its API, its reactions, and what it published."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.invitations.handlers import handlers
from services.invitations.main import api
from services.invitations.settings import Settings
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.links import link_token
from tests.conftest import Tokens
from tests.invitations.factories import BureauUnderTest

TokenOf = Callable[[UUID], str]


@pytest.fixture(scope="session")
async def client(common_settings: Any, client_of: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = api(Settings(**common_settings("invitations")))
    async with client_of(app) as client:
        yield client
    await app.state.database.close()


@pytest.fixture(scope="session")
async def worker_db(common_settings: Any) -> AsyncIterator[Database]:
    database = Database(Settings(**common_settings("invitations")).worker_database_url, name="test-worker")
    yield database
    await database.close()


@pytest.fixture(scope="session")
def consumer(worker_db: Database) -> Consumer:
    return Consumer(worker_db, handlers, delays=())


@pytest.fixture
async def bureau(
    client: httpx.AsyncClient, consumer: Consumer, worker_db: Database, tokens: Tokens
) -> BureauUnderTest:
    """A bureau of its own for each test, which has bought the feature."""
    return await BureauUnderTest(client, consumer, worker_db, tokens).open()


@pytest.fixture
async def other_bureau(
    client: httpx.AsyncClient, consumer: Consumer, worker_db: Database, tokens: Tokens
) -> BureauUnderTest:
    return await BureauUnderTest(client, consumer, worker_db, tokens).open()


@pytest.fixture
def token_of(common_settings: Any) -> TokenOf:
    """The token in the link to an invitation."""
    secret = Settings(**common_settings("invitations")).link_secret
    return lambda invitation_id: link_token(secret, "invitation", invitation_id)
