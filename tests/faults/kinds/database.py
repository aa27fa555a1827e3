"""PostgreSQL ends, terminates sessions, refuses writes or connections."""

import asyncio
from collections.abc import Callable
from functools import partial
from random import Random

import asyncpg

from arende.local.postgres import PostgresServer
from tests.faults.kinds.kind import NotHappened, fault, last
from tests.faults.rig import POSTGRES, Rig


async def _restart(rig: Rig, end: Callable[[], None], seconds: float) -> None:
    old, data, port = rig.postgres.pid, rig.folder / "postgres", rig.postgres.port
    await asyncio.to_thread(end)
    try:
        await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        await last(seconds)
    else:
        raise NotHappened("PostgreSQL still takes connections")
    finally:
        rig.postgres = await asyncio.to_thread(PostgresServer.start, data, port=port, settings=POSTGRES)
    if rig.postgres.pid == old:
        raise NotHappened("PostgreSQL is the process it was")


@fault("database-restart", weight=3, seconds=(0, 0, 2))
async def restart(rig: Rig, random: Random, seconds: float) -> None:
    await _restart(rig, rig.postgres.stop, seconds)


@fault("database-immediate-restart", weight=3, seconds=(0, 0, 2))
async def immediate_restart(rig: Rig, random: Random, seconds: float) -> None:
    await _restart(rig, partial(rig.postgres.stop, immediately=True), seconds)


@fault("database-kill", weight=3, seconds=(0, 0, 2))
async def kill(rig: Rig, random: Random, seconds: float) -> None:
    await _restart(rig, rig.postgres.kill, seconds)


@fault("database-sessions-ended")
async def end_sessions(rig: Rig, random: Random, seconds: float) -> None:
    """Terminate half of the services' sessions, chosen by chance, five times."""
    ended = 0
    for _ in range(5):
        pids = [row["pid"] for row in await rig.fetch(_SESSIONS) if random.random() < 0.5]
        for pid in pids:
            ended += (await rig.fetch("select pg_terminate_backend($1) as ended", pid))[0]["ended"]
    if not ended:
        raise NotHappened("there was no session to end")


_SESSIONS = "select pid from pg_stat_activity where usename like 'arende%'"


@fault("database-read-only", seconds=(0.5, 1, 3))
async def read_only(rig: Rig, random: Random, seconds: float) -> None:
    await rig.execute("alter system set default_transaction_read_only = on")
    await rig.execute("select pg_reload_conf()")
    try:
        connection = await asyncpg.connect(rig.admin_url("identity"))
        said = await connection.fetchval("show default_transaction_read_only")
        await connection.close()
        await last(seconds)
        if said != "on":
            raise NotHappened("writes were allowed")
    finally:
        await rig.execute("alter system reset default_transaction_read_only")
        await rig.execute("select pg_reload_conf()")


@fault("database-no-connections", seconds=(0.5, 1, 3))
async def no_connections(rig: Rig, random: Random, seconds: float) -> None:
    """Let the services' roles connect no more, as if all connections were taken."""
    roles = ["arende_identity", "arende_identity_worker", "arende_billing_worker"]
    try:
        for role in roles:
            await rig.execute(f"alter role {role} connection limit 0")
        for row in await rig.fetch(_SESSIONS):
            await rig.fetch("select pg_terminate_backend($1)", row["pid"])
        await last(seconds)
        if await rig.fetch(_SESSIONS):
            raise NotHappened("the services are connected")
    finally:
        for role in roles:
            await rig.execute(f"alter role {role} connection limit -1")
