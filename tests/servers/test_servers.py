import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import asyncpg
import pytest

from arende.local.postgres import PostgresFailed, PostgresServer
from tests.servers.rabbitmq import RabbitServer

QUORUM = {"x-queue-type": "quorum"}


async def sql(server: PostgresServer, statement: str) -> object:
    connection = await asyncpg.connect(f"{server.url}/postgres")
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_postgres_keeps_its_data_over_a_stop_and_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    with PostgresServer.start(data) as server:
        await sql(server, "CREATE TABLE ledger AS SELECT 1 AS entry")
    server = PostgresServer.start(data)
    await sql(server, "INSERT INTO ledger VALUES (2)")
    server.kill()
    with PostgresServer.start(data) as server:
        assert await sql(server, "SELECT array_agg(entry ORDER BY entry) FROM ledger") == [1, 2]


def test_postgres_that_cannot_start_says_why(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    with pytest.raises(PostgresFailed, match='unrecognized configuration parameter "no_such_setting"'):
        PostgresServer.start(data, settings={"no_such_setting": "1"})
    with PostgresServer.start(data), pytest.raises(PostgresFailed, match="in use by another process"):
        PostgresServer.start(data)


def test_postgres_ends_with_a_killed_starter(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    program = f"""
import os, pathlib, signal
from arende.local.postgres import PostgresServer
PostgresServer.start(pathlib.Path({str(data)!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], cwd=root, check=False, timeout=120)  # noqa: S603 - our words
    PostgresServer.start(data).stop()


@pytest.fixture
def rabbit(tmp_path: Path) -> Iterator[RabbitServer]:
    server = RabbitServer.start(tmp_path / "rabbitmq")
    yield server
    server.stop()


async def test_rabbitmq_keeps_a_message_over_a_kill(rabbit: RabbitServer) -> None:
    async with await aio_pika.connect(rabbit.url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue("kept", durable=True, arguments={**QUORUM})
        rabbit.settle()
        for body in (b"first", b"second"):
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, "kept")
        assert await take(channel) == b"first"

    rabbit.kill()
    rabbit.restart()

    async with await aio_pika.connect(rabbit.url) as connection:
        assert await take(await connection.channel()) == b"second"


async def take(channel: aio_pika.abc.AbstractChannel) -> bytes:
    queue = await channel.declare_queue("kept", durable=True, arguments={**QUORUM})
    message = await queue.get(timeout=10)
    await message.ack()
    return message.body


@pytest.mark.servers
def test_rabbitmq_nodes_form_a_cluster(tmp_path: Path) -> None:
    servers = RabbitServer.start_cluster(tmp_path / "rabbitmq", nodes=3)
    try:
        servers[1].freeze()
        servers[1].thaw()
        servers[2].kill()
        servers[2].restart()
        servers[0].ctl("await_online_nodes", "3")
    finally:
        for server in servers:
            server.stop()
