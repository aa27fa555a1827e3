"""The API's answers while a large backlog of its outbox drains beside it."""

import asyncio
import statistics
import tempfile
from pathlib import Path

from bench import http_load
from bench.apis import Bureau, Installed, Process, insert_bureaus
from bench.cases import opened
from bench.http_load import Job
from bench.measure import Figure, Rounds, alternate
from bench.servers import Servers
from services.running import SERVICES, declare
from shared.bus.topology import bindings
from shared.events.cases import CaseRead
from shared.ids import uuid7

CLIENTS = 16
# Requests a second: a bureau of hundreds of employees on its busiest morning.
RATE = 50.0
SLICE_SECONDS = 3.0
FILL = """
with filled as (
    insert into outbox (event_id, type, body) select gen_random_uuid(), $2, $3
    from generate_series(1, $1::integer) returning position
)
select max(position) from filled
"""
WAITING = "select exists (select from outbox where position <= $1)"


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    rows, slices, rounds = (100_000, 1, 2) if quick else (1_000_000, 6, 5)
    await declare(servers.rabbit.url)
    with tempfile.TemporaryDirectory() as folder:
        cases = Installed(servers, Path(folder))
        bureaus = [Bureau() for _ in range(CLIENTS)]
        clients = [[opened(each, cases.key)] for each in bureaus]
        admin = await servers.connect("cases")
        await admin.execute("truncate outbox")
        await insert_bureaus(admin, bureaus)
        await admin.close()
        async with cases.serving() as api, cases.working(servers.rabbit.url) as worker:
            bench = _Beside(servers, api, clients, rows, slices)
            sides = {"draining": bench.draining, "idle": bench.idle}
            processes = {**servers.processes, "API": api.pid, "worker": worker.pid}
            done = await alternate(sides, rounds=rounds, processes=processes)
    return [_figure(done, rows)]


class _Beside:
    """Both sides answer the 95th percentile in milliseconds."""

    def __init__(
        self, servers: Servers, api: Process, clients: list[list[str]], rows: int, slices: int
    ) -> None:
        self.servers, self.rows, self.slices = servers, rows, slices
        self.job = Job(api.port, clients, SLICE_SECONDS, rate=RATE)

    async def idle(self) -> float:
        return _p95([await self._slice() for _ in range(self.slices)])

    async def draining(self) -> float:
        """Slices for as long as the backlog lasts; what is left of it then is taken away."""
        last = await self._fill()
        measured: list[list[float]] = []
        while len(measured) < self.slices and await self._waits(last):
            measured.append(await self._slice())
        if not measured:
            raise RuntimeError("the backlog was gone before anything was measured")
        await self.servers.execute("cases", "truncate outbox")
        await self._purge()
        return _p95(measured)

    async def _slice(self) -> list[float]:
        done = await http_load.run(self.job)
        done.rate(201)
        return list(done.latencies)

    async def _fill(self) -> int:
        """The last of the rows, which all begin to wait at the same moment."""
        body = CaseRead(
            bureau_id=uuid7(),
            case_id=uuid7(),
            customer_id=uuid7(),
            number="2026-000001",
            case_type="question",
            status="waiting_for_customer",
            account_id=uuid7(),
            by="bureau",
        ).to_wire()
        admin = await self.servers.connect("cases")
        last: int = await admin.fetchval(FILL, self.rows, CaseRead.type, body, timeout=600)
        # A backlog comes about over hours; that this one was written at once is not to be measured.
        await admin.execute("checkpoint", timeout=600)
        await admin.close()
        return last

    async def _waits(self, last: int) -> bool:
        admin = await self.servers.connect("cases")
        waits: bool = await admin.fetchval(WAITING, last)
        await admin.close()
        return waits

    async def _purge(self) -> None:
        """What nobody consumes here does not grow from round to round."""
        for service in SERVICES.values():
            for queue, types in bindings(service.handlers.reactions.values()).items():
                if CaseRead.type in types:
                    await asyncio.to_thread(self.servers.rabbit.ctl, "purge_queue", queue)


def _p95(slices: list[list[float]]) -> float:
    """In milliseconds."""
    return 1000 * statistics.quantiles([each for latencies in slices for each in latencies], n=20)[-1]


def _figure(done: Rounds, rows: int) -> Figure:
    used = done.cpu["draining"]
    return done.figure(
        "create_case_beside_backlog",
        group="api",
        must=1.2,
        aim=1.05,
        better="lower",
        reference=f"p95 at {RATE:g} requests a second without a backlog, against while {rows:,} events drain",
        bound_by="The cores that all share: while it drains, the worker takes"
        f" {used['worker']:.1f} s of CPU, the broker {used.get('broker', 0.0):.1f} s and the database"
        f" {used['database']:.1f} s, the API {used['API']:.1f} s.",
        unit="ms",
    )
