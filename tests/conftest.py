"""Real servers for every test: a private PostgreSQL with the five migrated databases, and a broker."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from arende.registry import NAMES
from shared import clock
from shared.database import migrations
from tests.factories.callers import Caller
from tests.factories.clock import MovedClock
from tests.factories.keys import CREDENTIALS_SECRET, ISSUER, LINK_SECRET, Keys, new_keys
from tests.factories.records import Bureau, Employee
from tests.factories.service import Service
from tests.servers.rabbitmq import RabbitServer

STARTS_A_BROKER = {"rabbit", "own_rabbit", "rig", "cluster", "defined"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lives", type=int, default=5, help="lives that tests/journeys/test_rules.py lives")
    parser.addoption("--examples", type=int, default=100, help="generated requests for each operation")
    parser.addoption("--fuzz-seed", type=int, default=17, help="what these requests are generated from")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests whose fixtures start a broker, which `make quick` leaves out."""
    for item in items:
        if STARTS_A_BROKER.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("servers")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer.start(tmp_path_factory.mktemp("postgres"), settings={"fsync": "off"}) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: PostgresServer) -> Databases:
    databases = Databases(postgres.url, secret="tests")
    asyncio.run(databases.provision())
    for service in NAMES:
        migrations.upgrade(service, databases.url(service, "owner"))
    return databases


@pytest.fixture(scope="session")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    server = RabbitServer.start(tmp_path_factory.mktemp("rabbit"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return new_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def common_settings(databases: Databases, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`Settings(**common_settings("cases"))` for any of the services."""

    def settings(service: str, **overrides: Any) -> dict[str, Any]:
        return {
            "environment": "test",
            "database_url": databases.url(service, "api"),
            "worker_database_url": databases.url(service, "worker"),
            "owner_database_url": databases.url(service, "owner"),
            "jwks_file": keys.public_file,
            "link_secret": LINK_SECRET,
            "credentials_secret": CREDENTIALS_SECRET,
            "issuer": ISSUER,
            "retry_delays": (0.05, 0.1, 0.2),
            **overrides,
        }

    return settings


@pytest.fixture
def bureau() -> Bureau:
    """A new bureau for each test. A service that must know of it overrides this fixture."""
    return Bureau()


@pytest.fixture
def other_bureau() -> Bureau:
    return Bureau()


@pytest.fixture
def admin(service: Service, bureau: Bureau) -> Caller:
    """An employee of the bureau with all rights."""
    return service.caller(Employee(bureau.id))


@pytest.fixture
def other_admin(service: Service, other_bureau: Bureau) -> Caller:
    return service.caller(Employee(other_bureau.id))


@pytest.fixture
def moved_clock(tmp_path: Path) -> Iterator[MovedClock]:
    yield MovedClock(tmp_path / "clock")
    clock.follow(None)


async def eventually(condition: Any, *, seconds: float = 10.0) -> Any:
    """Wait until `await condition()` is true, and return its value. Fails after a deadline."""
    if not (value := await within(seconds, condition)):
        raise AssertionError(f"not within {seconds} s: {condition}")
    return value


async def within(seconds: float, condition: Any, *, every: float = 0.01) -> Any:
    """The value of `await condition()` as soon as it is true, or the last one at the deadline."""
    deadline = time.monotonic() + seconds
    while not (value := await condition()):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(every)
    return value
