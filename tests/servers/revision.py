"""Writes a migration by comparing tables.py with a fresh, migrated database. Read it before you commit it."""

import asyncio
import sys
import tempfile
from pathlib import Path

import alembic.command

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from shared.database import migrations


def main(service: str, message: str) -> None:
    with tempfile.TemporaryDirectory() as folder, PostgresServer.start(Path(folder) / "data") as server:
        databases = Databases(server.url, secret="revision")
        asyncio.run(databases.provision())
        url = databases.url(service, "owner")
        migrations.upgrade(service, url)
        versions = migrations.ROOT / "services" / service / "migrations" / "versions"
        number = len(list(versions.glob("0*.py"))) + 1
        config = migrations.config_for(service, url)
        alembic.command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    main(*sys.argv[1:])
