"""A private broker and database, each behind a proxy, the probe's processes, and clients that write."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from sqlalchemy import make_url

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from arende.local.system import free_port
from shared.bus.declaration import declare_all
from shared.bus.handlers import Handlers
from shared.database import migrations
from shared.ids import uuid7
from shared.tokens import new_key
from tests.conftest import within
from tests.faults import probe
from tests.faults.ledger import Ledger
from tests.faults.processes import Process
from tests.faults.proxy import TcpProxy
from tests.servers.rabbitmq import RabbitServer

BATCH = 100
ANSWER_SECONDS = 120.0
POSTGRES = {"max_connections": "100"}


@dataclass
class Rig:
    folder: Path
    postgres: PostgresServer
    nodes: list[RabbitServer]
    ledger: Ledger = field(init=False)
    broker: TcpProxy = field(init=False)
    database: TcpProxy = field(init=False)
    api: Process = field(init=False)
    writer: Process = field(init=False)
    readers: list[Process] = field(init=False)
    replayed: int = 0
    seen_before: dict[int, int] = field(default_factory=dict)

    @classmethod
    async def start(cls, folder: Path, *, nodes: int = 1) -> "Rig":
        rabbits, postgres = await asyncio.gather(
            asyncio.to_thread(RabbitServer.start_cluster, folder / "rabbit", nodes),
            asyncio.to_thread(PostgresServer.start, folder / "postgres", settings=POSTGRES),
        )
        rig = cls(folder, postgres, rabbits)
        await rig._prepare()
        await asyncio.gather(*(process.start() for process in rig.processes))
        return rig

    @property
    def rabbit(self) -> RabbitServer:
        """The first node, which is the broker itself where there is no cluster."""
        return self.nodes[0]

    @property
    def processes(self) -> list[Process]:
        return [self.api, self.writer, *self.readers]

    async def _prepare(self) -> None:
        databases = Databases(self.postgres.url, secret="faults")
        await databases.provision()
        for service in ("identity", "billing"):
            await asyncio.to_thread(migrations.upgrade, service, databases.url(service, "owner"))
        self.ledger = Ledger(self.admin_url("identity"), self.admin_url("billing"))
        await self.execute(probe.WRITER_TABLES, service="identity")
        await self.execute(probe.READER_TABLES, service="billing")
        services = [probe.handlers, Handlers("identity")]
        await declare_all(self.rabbit.url, services)
        for node in self.nodes:
            await asyncio.to_thread(node.settle)
        self.broker = await TcpProxy([node.port for node in self.nodes]).start()
        self.database = await TcpProxy([self.postgres.port]).start()
        keys = {"keys": [new_key("faults").as_dict(private=False)]}
        (self.folder / "jwks.json").write_text(json.dumps(keys))
        self.api = self._process("api", "identity", databases)
        self.writer = self._process("writer", "identity", databases)
        self.readers = [self._process("reader", "billing", databases, at) for at in range(2)]

    def _process(self, role: str, service: str, databases: Databases, number: int = 0) -> Process:
        def url(of: str) -> str:
            return make_url(of).set(port=self.database.port).render_as_string(hide_password=False)

        variables = {
            "ARENDE_ENVIRONMENT": "test",
            "ARENDE_SERVICE": service,
            "ARENDE_DATABASE_URL": url(databases.url(service, "api")),
            "ARENDE_WORKER_DATABASE_URL": url(databases.url(service, "worker")),
            "ARENDE_BROKER_URL": f"amqp://guest:guest@127.0.0.1:{self.broker.port}/",
            "ARENDE_JWKS_FILE": str(self.folder / "jwks.json"),
            "ARENDE_LINK_SECRET": "faults-only-link-secret-0123456789abcdef",
            "ARENDE_RETRY_DELAYS": "[0.2, 0.5, 1]",
            "ARENDE_PORT": str(free_port()),
        }
        return Process(role, variables, self.folder / f"{role}-{number}.log")

    def admin_url(self, service: str) -> str:
        """The database without the proxy, as superuser."""
        return f"{self.postgres.url}/arende_{service}"

    async def execute(self, sql: str, *, service: str = "identity") -> None:
        async with self._admin(service) as connection:
            await connection.execute(sql)

    async def fetch(self, sql: str, *values: object, service: str = "identity") -> list[asyncpg.Record]:
        async with self._admin(service) as connection:
            return list(await connection.fetch(sql, *values))

    @asynccontextmanager
    async def _admin(self, service: str) -> AsyncIterator[Any]:
        """A superuser's connection, which may write even where the server is set to read only."""
        settings = {"default_transaction_read_only": "off"}
        connection = await asyncpg.connect(self.admin_url(service), timeout=10, server_settings=settings)
        try:
            yield connection
        finally:
            await connection.close(timeout=5)

    async def write(self, events: int, *, clients: int = 2, bug: bool = False) -> None:
        """Post that many events. A request is repeated with its Idempotency-Key until it gets an answer."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client, asyncio.TaskGroup() as group:
            share, rest = divmod(events, clients)
            for number in range(clients):
                group.create_task(self._write_one_subject(client, share + (number < rest), bug))

    async def _write_one_subject(self, client: httpx.AsyncClient, events: int, bug: bool) -> None:
        subject, first = uuid7(), 1
        while first <= events:
            ids = [uuid7() for _ in range(min(BATCH, events - first + 1))]
            await self._post(client, subject, first, ids, bug)
            self.ledger.accept(subject, first, ids, applies=not bug)
            first += len(ids)

    async def _post(
        self, client: httpx.AsyncClient, subject: UUID, first: int, ids: Sequence[UUID], bug: bool
    ) -> None:
        url = f"http://127.0.0.1:{self.api.variables['ARENDE_PORT']}/v1/probe"
        body = {
            "subject": str(subject),
            "first": first,
            "ids": [str(event_id) for event_id in ids],
            "bug": bug,
        }
        headers = {"Idempotency-Key": uuid4().hex}
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await client.post(url, json=body, headers=headers)
                    if answer.status_code == 201:
                        self.replayed += "idempotency-replayed" in answer.headers
                        return
                    if answer.status_code < 500:
                        raise AssertionError(f"refused: {answer.status_code} {answer.text}")
                # A well-behaved client pauses before it repeats a request.
                await asyncio.sleep(0.05)

    async def suppressed(self) -> int:
        """The number of deliveries that the inbox has suppressed. It is read from the readers' counters, and
        misses what a process counts between the last reading and its death."""
        for reader in self.readers:
            life, count = reader.pid, await reader.metric("arende_events_handled_total", "seen_before")
            self.seen_before[life] = max(self.seen_before.get(life, 0), int(count))
        return sum(self.seen_before.values())

    async def all_relayed(self) -> bool:
        """Whether the broker has confirmed all events that were written."""
        return not await self.fetch("select 1 from outbox limit 1")

    async def parked(self) -> int:
        """The number of the readers' dead letters that wait for an operator, whatever they are."""
        (row,) = await self.fetch(
            "select count(*) as n from dead_letters where state = 'parked'", service="billing"
        )
        return int(row["n"])

    async def drain(self, *, seconds: float = 90) -> bool:
        """Wait until no event is on its way, and each accepted one is applied or parked."""
        return bool(await within(seconds, self.ledger.drained, every=0.05))

    async def drain_broker(self, *, seconds: float = 90) -> bool:
        """Wait until no queue holds a message, duplicates included."""

        async def empty() -> bool:
            return await self.waiting_on_the_broker() == 0

        return bool(await within(seconds, empty, every=0.05))

    async def waiting_on_the_broker(self) -> int:
        """Messages in any work queue, unacknowledged ones included."""
        said = await asyncio.to_thread(self.rabbit.ctl, "list_queues", "name", "messages", "--silent")
        rows = [line.split("\t") for line in said.splitlines() if "\t" in line]
        return sum(int(number) for name, number in rows if name.startswith("billing.") and number.isdigit())

    async def stop(self) -> list[int]:
        """Stop everything. Returns the exit codes of the processes; 0 is in order."""
        codes = await asyncio.gather(*(process.stop() for process in self.processes))
        for proxy in (self.broker, self.database):
            await proxy.stop()
        for node in self.nodes:
            with contextlib.suppress(Exception):
                await asyncio.to_thread(node.stop)
        await asyncio.to_thread(self.postgres.stop)
        return list(codes)


def state_of(pid: int) -> str:
    """A process's state as the kernel tells it: R (running), S (sleeping), T (stopped), Z (ended) …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
