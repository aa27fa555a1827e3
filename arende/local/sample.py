"""Sample data bears a mark. A demo removes what bears it, in order to start over, and never anything else."""

import asyncio
import shutil
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from arende.installation import Installation
from arende.local.system import System
from arende.registry import NAMES, SERVICES
from shared.bus.declaration import purge
from shared.failures import Failure

MARK = "sample data of arende demo"


class NotOurs(Failure):
    """There is data without the mark of a demo."""


async def start_over(installation: Installation, *, broker: str | None, database: str | None) -> None:
    """Remove what an earlier demo has left. Raises NotOurs where other data is there."""
    folder, mark = installation.folder, _mark(installation)
    if folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise NotOurs(f"{folder} holds data that no demo made; name another folder by --data")
        await asyncio.to_thread(shutil.rmtree, folder)
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    if database is not None:
        await _drop_databases(database)
    if broker is not None:
        await purge(broker, [service.handlers for service in SERVICES.values()])


async def mark_as_sample(system: System) -> None:
    """From now on a demo may remove this system's data."""
    _mark(system.installation).touch()
    admin = await _connect(system.databases.admin_url)
    for service in NAMES:
        await admin.execute(f"comment on database arende_{service} is '{MARK}'")
    await admin.close()


def _mark(installation: Installation) -> Path:
    return installation.folder / "sample-data"


async def _drop_databases(url: str) -> None:
    admin = await _connect(url)
    try:
        rows = await admin.fetch(
            "select datname, shobj_description(oid, 'pg_database') as mark"
            " from pg_database where datname = any($1)",
            [f"arende_{service}" for service in NAMES],
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
