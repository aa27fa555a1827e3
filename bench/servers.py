"""A RabbitMQ and a PostgreSQL for one run, as durable as by default."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from arende.registry import NAMES
from shared.database import migrations
from tests.servers.rabbitmq import RabbitServer

# The moments of commits are kept, to be measured. Durability stays as it is by default.
SETTINGS = {"track_commit_timestamp": "on"}


@dataclass(frozen=True)
class Servers:
    folder: Path
    postgres: PostgresServer
    rabbit: RabbitServer
    databases: Databases

    @property
    def processes(self) -> Mapping[str, int]:
        """The processes whose CPU seconds are counted, by what they are."""
        return {"client": os.getpid(), "broker": self.rabbit.pid, "database": self.postgres.pid}

    async def execute(self, service: str, sql: str, *values: object) -> str:
        """As superuser, whom no wall stops."""
        connection = await self.connect(service)
        try:
            return str(await connection.execute(sql, *values))
        finally:
            await connection.close()

    async def value(self, service: str, sql: str, *values: object) -> Any:
        connection = await self.connect(service)
        try:
            return await connection.fetchval(sql, *values)
        finally:
            await connection.close()

    async def connect(self, service: str) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(f"{self.postgres.url}/arende_{service}")


@asynccontextmanager
async def running() -> AsyncIterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="arende-bench-") as name:
        folder = Path(name)
        rabbit = RabbitServer.start(folder / "rabbit")
        postgres = PostgresServer.start(folder / "postgres", settings=SETTINGS)
        try:
            databases = Databases(postgres.url, secret="bench")
            await databases.provision()
            for service in NAMES:
                await asyncio.to_thread(migrations.upgrade, service, databases.url(service, "owner"))
            yield Servers(folder, postgres, rabbit, databases)
        finally:
            postgres.stop()
            rabbit.stop()
