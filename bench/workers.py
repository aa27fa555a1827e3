"""Workers as processes: how the rate grows with their number, and how much memory one takes."""

import asyncio
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench import events
from bench.measure import Figure, Stopwatch, cpu_seconds, memory_bytes
from bench.servers import Servers

QUEUE = "billing.bench-each"
MEGABYTE = 1_000_000


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    rounds, number = (1, 4_000) if quick else (5, 20_000)
    await events.prepare(servers, events.each)
    rates: dict[int, list[float]] = {1: [], 2: [], 4: []}
    cpu: dict[int, dict[str, float]] = {}
    for turn in range(rounds):
        for processes in rates if turn % 2 == 0 else reversed(rates):
            rate, cpu[processes] = await _scaled(servers, processes, number)
            rates[processes].append(rate)
    two, four = (_scaling(rates, cpu, processes) for processes in (2, 4))
    return [two, four, await _memory(servers, 20_000 if quick else 200_000)]


async def _scaled(servers: Servers, processes: int, number: int) -> tuple[float, dict[str, float]]:
    """The rate of so many workers on one queue. As in most reactions, each event is handled by itself."""
    await events.fill_queue(servers, number)
    before = await _effects(servers)
    used = {name: cpu_seconds(leader) for name, leader in servers.processes.items()}
    async with _workers(servers, processes) as workers:
        await _until(servers, before + number // 20)
        begun = await _effects(servers)
        with Stopwatch() as watch:
            await _until(servers, before + number)
        spent = {name: cpu_seconds(leader) - used[name] for name, leader in servers.processes.items()}
        spent["workers"] = sum(cpu_seconds(worker.pid) for worker in workers)
    return (before + number - begun) / watch.seconds, spent


def _scaling(rates: dict[int, list[float]], cpu: dict[int, dict[str, float]], processes: int) -> Figure:
    ratios = [many / one for many, one in zip(rates[processes], rates[1], strict=True)]
    word = {2: "two", 4: "four"}[processes]
    return Figure(
        name=f"{word}_workers",
        group="scaling",
        ratio=statistics.median(ratios),
        spread=max(ratios) - min(ratios),
        must=1.6,
        aim=1.9,
        better="higher",
        reference="one worker on the same queue",
        rounds=len(ratios),
        bound_by="one worker mostly waits for the database to answer each statement, on cores that fall"
        " asleep meanwhile; more of them are bound by the cores, which broker and database share",
        rates={f"{word} workers": rates[processes], "one worker": rates[1]},
        cpu={f"{word} workers": cpu[processes], "one worker": cpu[1]},
    )


async def _memory(servers: Servers, number: int) -> Figure:
    """How much a worker's memory grows from its first tenth of the events to the last."""
    before = await _effects(servers)
    async with _workers(servers, 1) as (worker,):
        sizes = []
        for share in range(1, 11):
            await events.fill_queue(servers, number // 10)
            await _until(servers, before + share * (number // 10))
            sizes.append(memory_bytes(worker.pid) / MEGABYTE)
    return Figure(
        name="worker_memory",
        group="memory",
        ratio=sizes[-1] - sizes[0],
        spread=max(sizes) - min(sizes),
        must=50,
        aim=20,
        better="lower",
        reference=f"its own memory after the first tenth of {number:,} events, in MB",
        rounds=1,
        bound_by="buffers and caches of the interpreter, which stop growing",
        unit="MB",
        rates={"resident after each tenth": sizes},
    )


@asynccontextmanager
async def _workers(servers: Servers, number: int) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    command = [sys.executable, "-m", "bench.worker", servers.rabbit.url]
    url = servers.databases.url("billing", "worker")
    workers = [
        await asyncio.create_subprocess_exec(*command, url, start_new_session=True) for _ in range(number)
    ]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.terminate()
        await asyncio.gather(*(worker.wait() for worker in workers))


async def _effects(servers: Servers) -> int:
    return int(await servers.value("billing", "select count(*) from bench.effects"))


async def _until(servers: Servers, effects: int) -> None:
    connection = await servers.connect("billing")
    try:
        while await connection.fetchval("select count(*) from bench.effects") < effects:
            await asyncio.sleep(0.02)
    finally:
        await connection.close()
