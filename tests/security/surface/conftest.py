import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from arende.registry import NAMES
from shared.database import migrations
from tests.factories.keys import Keys
from tests.factories.people import Person, new_person
from tests.factories.town import Town, running
from tests.security.surface.tenants import OPERATOR, SOMEONES, Tenant, found


@pytest.fixture(scope="package")
async def town(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("surface")
    with await asyncio.to_thread(
        PostgresServer.start, folder / "postgres", settings={"fsync": "off"}
    ) as server:
        databases = Databases(server.url, secret="tests")
        await databases.provision()
        for service in NAMES:
            await asyncio.to_thread(migrations.upgrade, service, databases.url(service, "owner"))
        settings = {"operator_emails": OPERATOR, "login_attempts_per_address": 10_000}
        settings |= {"login_attempts_per_person": 10_000, "mails_per_window": 10_000}
        async with running(databases, keys, files_folder=folder / "files", **settings) as town:
            yield town


@pytest.fixture(scope="package")
async def operators_account(town: Town) -> Person:
    return await new_person(town.identity, OPERATOR)


@pytest.fixture(scope="module")
async def operator(operators_account: Person) -> Person:
    """Logged in anew for each module, since generated requests log everybody out."""
    await operators_account.log_in(operator=True)
    return operators_account


@pytest.fixture(scope="module")
async def nobody(town: Town) -> Person:
    """A person without a hat."""
    return await new_person(town.identity)


@pytest.fixture(scope="module")
async def tenant(town: Town, operator: Person, nobody: Person) -> Tenant:
    tenant = await found(town, operator, SOMEONES)
    tenant.people["nobody"] = nobody
    return tenant
