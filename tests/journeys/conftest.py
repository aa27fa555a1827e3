import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from arende.registry import NAMES
from shared.database import migrations
from tests.factories.keys import Keys
from tests.factories.town import Town, running


@pytest.fixture(scope="package")
async def town(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("town")
    with await asyncio.to_thread(
        PostgresServer.start, folder / "postgres", settings={"fsync": "off"}
    ) as server:
        databases = Databases(server.url, secret="tests")
        await databases.provision()
        for service in NAMES:
            await asyncio.to_thread(migrations.upgrade, service, databases.url(service, "owner"))
        async with running(databases, keys, files_folder=folder / "files") as town:
            yield town
