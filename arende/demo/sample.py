"""Sample data is marked as such, so that a demo may start over, and nothing else is ever removed."""

import asyncio
import shutil

import asyncpg
from sqlalchemy import make_url

from arende.installation import Installation
from arende.local.system import System
from arende.provision import SERVICES
from arende.registry import SERVICES as RUNNING
from shared.bus.declaration import purge
from shared.failures import Failure

MARK = "sample data of arende demo"


class NotOurs(Failure):
    """There is data that no demo has made."""


async def start_over(installation: Installation, *, broker: str | None, database: str | None) -> None:
    """Remove what an earlier demo left. Raises NotOurs where something else is there."""
    folder, mark = installation.folder, installation.folder / "sample-data"
    if folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise NotOurs(f"{folder} holds data that no demo made; name another folder by --data")
        await asyncio.to_thread(shutil.rmtree, folder)
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    if database is not None:
        await _drop_databases(database)
    if broker is not None:
        await purge(broker, [service.handlers for service in RUNNING.values()])


async def mark_as_sample(system: System) -> None:
    admin = await _connect(system.databases.admin_url)
    for service in SERVICES:
        await admin.execute(f"comment on database arende_{service} is '{MARK}'")
    await admin.close()


async def _drop_databases(url: str) -> None:
    admin = await _connect(url)
    try:
        rows = await admin.fetch(
            "select datname, shobj_description(oid, 'pg_database') as mark"
            " from pg_database where datname = any($1)",
            [f"arende_{service}" for service in SERVICES],
        )
        for row in rows:
            if row["mark"] != MARK:
                raise NotOurs(f"the database {row['datname']} holds data that no demo made")
        for row in rows:
            await admin.execute(f"drop database {row['datname']} with (force)")
    finally:
        await admin.close()


async def _connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    plain = make_url(url).set(drivername="postgresql", database="postgres")
    return await asyncpg.connect(plain.render_as_string(hide_password=False))
