"""How fast an API answers while a large backlog of its outbox is sent."""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from arende.process import declare
from arende.registry import NAMES, SERVICES
from bench import http_load
from bench.apis import Bureau, Installed, Process, insert_bureaus
from bench.cases import opened
from bench.http_load import Job
from bench.measure import Figure, Rounds, alternate
from bench.servers import Servers
from shared.bus.topology import bindings
from shared.events.cases import CaseRead
from shared.ids import uuid7

CLIENTS = 16
# Requests a second, as many as a bureau of hundreds of employees makes on its busiest morning.
RATE = 50.0
SLICE_SECONDS = 3.0
# A nice value. The kernel gives it a weight of 137, and one of 1024 to processes with 0.
BACKGROUND = 9
FILL = """
with filled as (
    insert into outbox (event_id, type, body) select gen_random_uuid(), $2, $3
    from generate_series(1, $1::integer) returning position
)
select max(position) from filled
"""
LEFT = "select count(*) from outbox where position <= $1"


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    rows, slices, rounds = (100_000, 2, 3) if quick else (1_000_000, 6, 5)
    for name in NAMES:
        await declare(name, servers.rabbit.url)
    with tempfile.TemporaryDirectory() as folder:
        cases = Installed(servers, Path(folder))
        bureaus = [Bureau() for _ in range(CLIENTS)]
        clients = [[opened(each, cases.key)] for each in bureaus]
        admin = await servers.connect("cases")
        await admin.execute("truncate outbox")
        await insert_bureaus(admin, bureaus)
        await admin.close()
        async with cases.serving() as api, cases.working(servers.rabbit.url) as worker:
            _in_the_background(worker.pid)
            _in_the_background(servers.rabbit.pid)
            bench = _Beside(servers, api, clients, rows, slices)
            sides = {"draining": bench.draining, "idle": bench.idle}
            processes = {**servers.processes, "API": api.pid, "worker": worker.pid}
            done = await alternate(sides, rounds=rounds, processes=processes)
    return [_figure(done, rows, statistics.median(bench.drained))]


def _in_the_background(pid: int) -> None:
    """Give the process about an eighth of an API's share of the cores, as compose.yaml does for workers."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), BACKGROUND)
    # Where autogroups are on, the kernel looks at the priority of a session instead (sched(7)).
    session = Path(f"/proc/{pid}/autogroup")
    if session.exists():
        session.write_text(str(BACKGROUND))


class _Beside:
    """The two sides. Each returns the 95th percentile of its requests' times, in milliseconds."""

    def __init__(
        self, servers: Servers, api: Process, clients: list[list[str]], rows: int, slices: int
    ) -> None:
        self.servers, self.rows, self.slices = servers, rows, slices
        self.job = Job(api.port, clients, SLICE_SECONDS, rate=RATE)
        # Events a second that were sent, for each round.
        self.drained: list[float] = []

    async def idle(self) -> float:
        return _p95([await self._slice() for _ in range(self.slices)])

    async def draining(self) -> float:
        """Measure while the backlog is sent. Its rest is removed, so that each round begins alike."""
        last = await self._fill()
        before, began = await self._left(last), time.perf_counter()
        measured = [await self._slice() for _ in range(self.slices)]
        left, seconds = await self._left(last), time.perf_counter() - began
        if not left:
            raise RuntimeError("the backlog was gone before all was measured")
        self.drained.append((before - left) / seconds)
        await self.servers.execute("cases", "truncate outbox")
        await self._purge()
        return _p95(measured)

    async def _slice(self) -> list[float]:
        done = await http_load.run(self.job)
        done.rate(201)
        return list(done.latencies)

    async def _fill(self) -> int:
        """Fill the outbox in one transaction. Returns the position of its last row."""
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
        # A real backlog grows over hours. The after-effects of writing it at once are ended before measuring.
        await admin.execute("vacuum analyze outbox", timeout=600)
        await admin.execute("checkpoint", timeout=600)
        await admin.close()
        return last

    async def _left(self, last: int) -> int:
        return int(await self.servers.value("cases", LEFT, last))

    async def _purge(self) -> None:
        """Empty the queues, which nobody consumes here, so that they don't grow from round to round."""
        for service in SERVICES.values():
            for queue, types in bindings(service.handlers.reactions.values()).items():
                if CaseRead.type in types:
                    await asyncio.to_thread(self.servers.rabbit.ctl, "purge_queue", queue)


def _p95(slices: list[list[float]]) -> float:
    """In milliseconds."""
    return 1000 * statistics.quantiles([each for latencies in slices for each in latencies], n=20)[-1]


def _figure(done: Rounds, rows: int, drained: float) -> Figure:
    used = done.cpu["draining"]
    return done.figure(
        "create_case_beside_backlog",
        group="api",
        must=1.2,
        aim=1.05,
        better="lower",
        reference=f"p95 at {RATE:g} requests a second without a backlog, against while {rows:,} events drain",
        bound_by="The cores that all share, worker and broker with an eighth of an API's share. It drains"
        f" {drained:,.0f} events a second, and all it can as soon as nobody else writes; the worker takes"
        f" {used['worker']:.1f} s of CPU, the broker {used.get('broker', 0.0):.1f} s and the database"
        f" {used['database']:.1f} s, the API {used['API']:.1f} s.",
        unit="ms",
    )
