"""Real servers for every test: one PostgreSQL with the five migrated databases, started by us."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import KeySet, OKPKey

from arende.local.postgres import PostgresServer
from arende.provision import SERVICES, Databases
from shared.database import migrations
from shared.ids import uuid7
from shared.tokens import new_key, sign
from tests.contracts.documented import DocumentedTransport
from tests.servers.rabbitmq import RabbitServer

ISSUER = "https://arende.example"
LINK_SECRET = "tests-only-link-secret-0123456789abcdef"
STARTS_A_BROKER = {"rabbit", "own_rabbit", "rig", "cluster"}


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
    for service in SERVICES:
        migrations.upgrade(service, databases.url(service, "owner"))
    return databases


@pytest.fixture(scope="session")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    server = RabbitServer.start(tmp_path_factory.mktemp("rabbit"))
    yield server
    server.stop()


@dataclass
class Keys:
    """The keys that test tokens are signed with, as files."""

    key: OKPKey
    public_file: Path
    private_file: Path


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder, key = tmp_path_factory.mktemp("keys"), new_key("test-1")
    keys = Keys(key, folder / "jwks.json", folder / "signing.json")
    keys.public_file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    keys.private_file.write_text(json.dumps(KeySet([key]).as_dict(private=True)))
    return keys


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
            "issuer": ISSUER,
            "retry_delays": (0.05, 0.1, 0.2),
            **overrides,
        }

    return settings


class Tokens:
    """Authorization headers for callers of every kind, signed as identity signs them."""

    def __init__(self, key: OKPKey) -> None:
        self.key = key

    def bearer(self, hat: dict[str, Any] | None = None, **claims: Any) -> dict[str, str]:
        now = time.time()
        person = {
            "sub": str(claims.pop("user_id", None) or uuid7()),
            "iat": now,
            "exp": now + 600,
            "email": "anna.ek@byran.example",
            "email_verified": True,
            "name": "Anna Ek",
            "session_id": str(uuid7()),
            "hat": hat,
        }
        token = sign({**person, **claims}, self.key, issuer=ISSUER)
        return {"Authorization": f"Bearer {token}"}

    def employee(self, bureau_id: UUID, *, employee_id: UUID | None = None, **claims: Any) -> dict[str, str]:
        hat = {
            "kind": "employee",
            "bureau_id": str(bureau_id),
            "employee_id": str(employee_id or uuid7()),
            "account_role": claims.pop("account_role", "administrator"),
            "maintenance": claims.pop("maintenance", "full"),
            "customers": claims.pop("customers", "full"),
        }
        return self.bearer(hat, **claims)

    def member(self, account_id: UUID, *, role: str = "administrator", **claims: Any) -> dict[str, str]:
        return self.bearer({"kind": "member", "account_id": str(account_id), "role": role}, **claims)

    def operator(self, **claims: Any) -> dict[str, str]:
        return self.bearer({"kind": "operator"}, **claims)


@pytest.fixture(scope="session")
def tokens(keys: Keys) -> Tokens:
    return Tokens(keys.key)


@pytest.fixture(scope="session")
def client_of() -> Any:
    """`async with client_of(app) as client`: an HTTP client of one service's app, its answers documented."""

    def client(app: FastAPI) -> httpx.AsyncClient:
        transport = DocumentedTransport(app=app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://arende.test")

    return client


async def eventually(condition: Any, *, seconds: float = 10.0) -> Any:
    """Wait for `await condition()` to be truthy, with a deadline; answers its value."""
    if not (value := await within(seconds, condition)):
        raise AssertionError(f"not within {seconds} s: {condition}")
    return value


async def within(seconds: float, condition: Any, *, every: float = 0.01) -> Any:
    """The value of `await condition()` once it is truthy, or its last one at the deadline."""
    deadline = time.monotonic() + seconds
    while not (value := await condition()):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(every)
    return value
