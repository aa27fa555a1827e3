"""Identity over real PostgreSQL: its API, its reactions, and what it published."""

import secrets
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.identity.handlers import handlers
from services.identity.main import api
from services.identity.settings import Settings
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from tests.contracts.documented import DocumentedTransport
from tests.factories.keys import Keys
from tests.identity.factories import Office, Person, Register, accepted

OPERATOR = "operator@arende.example"


@pytest.fixture(scope="session")
def settings(common_settings: Any, keys: Keys) -> Settings:
    values = common_settings("identity", signing_keys_file=keys.private_file, operator_emails=OPERATOR)
    return Settings(**values, password_memory_kib=64, password_rounds=1)


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = api(settings)
    yield app
    await app.state.database.close()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """From an address of its own for each test, since failed log-ins are counted by address."""
    address = ".".join(str(byte) for byte in (10, *secrets.token_bytes(3)))
    transport = DocumentedTransport(app=app, raise_app_exceptions=False, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://arende.test") as client:
        yield client


@pytest.fixture(scope="session")
async def worker_db(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.worker_database_url, name="test-worker")
    yield database
    await database.close()


@pytest.fixture(scope="session")
def consumer(worker_db: Database) -> Consumer:
    return Consumer(worker_db, handlers, delays=())


@pytest.fixture
def register(client: httpx.AsyncClient, worker_db: Database) -> Register:
    return Register(client, worker_db)


@pytest.fixture
async def person(register: Register) -> Person:
    return await register.person()


@pytest.fixture
async def office(register: Register) -> Office:
    """A bureau of its own for each test, with its first employee logged in."""
    return await register.office()


@pytest.fixture
async def other_office(register: Register) -> Office:
    return await register.office()


@pytest.fixture
async def account_id(consumer: Consumer, person: Person) -> UUID:
    """An account of which `person` is the administrator; the person is logged in for it."""
    event = accepted(person)
    await consumer.deliver("identity.open-account", [event.to_wire()])
    await person.log_in(account_id=str(event.account_id))
    return event.account_id
