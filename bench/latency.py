"""From the commit of a change to the commit of the reaction, at fifty writes a second."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import aio_pika

from bench import events
from bench.measure import Figure, alternate
from bench.servers import Servers
from shared.bus import outbox
from shared.database.engine import Database

A_SECOND = 50


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    rounds, number = (2, 150) if quick else (5, 500)
    await events.prepare(servers, events.batched)
    tails: dict[str, list[float]] = {"ours": [], "raw": []}

    async def ours() -> float:
        times = await _through_the_outbox(servers, number)
        tails["ours"].append(statistics.quantiles(times, n=20)[-1])
        return statistics.median(times)

    async def raw() -> float:
        times = await _publish_to_consume(servers, number)
        tails["raw"].append(statistics.quantiles(times, n=20)[-1])
        return statistics.median(times)

    sides = {"commit to reaction": ours, "publish to consume": raw}
    done = await alternate(sides, rounds=rounds, processes=servers.processes)
    p95 = {name: statistics.median(times) for name, times in tails.items()}
    return [
        done.figure(
            "latency",
            group="latency",
            must=3.0,
            aim=2.0,
            better="lower",
            reference="p50 of raw aio_pika publish to consume at 50 a second, no database",
            bound_by=(
                "the relay's look each 1 ms, two round trips to the broker and the reaction's commit;"
                f" p95 {p95['ours']:.1f} ms against {p95['raw']:.1f} ms"
            ),
            unit="ms (p50)",
        )
    ]


async def _through_the_outbox(servers: Servers, number: int) -> list[float]:
    """As in production: writer and relay are apart, and the relay looks for committed events."""
    await servers.execute("billing", "truncate bench.effects")
    sender, stop = events.relay_of(servers), asyncio.Event()
    writer = Database(servers.databases.url("identity", "worker"), name="bench-writer")
    committed: dict[object, float] = {}
    relaying = asyncio.create_task(sender.run(stop))
    consuming = asyncio.create_task(events.consume(servers, events.batched, number))

    async def write() -> None:
        event = events.new_event()
        async with writer.transaction() as session:
            outbox.add(session, event)
        committed[event.id] = time.time()

    await _every(write, number)
    await consuming
    stop.set()
    await relaying
    await events.end(sender)
    await writer.close()
    connection = await servers.connect("billing")
    rows = await connection.fetch(
        "select event_id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 as at from bench.effects"
    )
    await connection.close()
    return [max(0.0, row["at"] - committed[row["event_id"]]) * 1000 for row in rows]


async def _publish_to_consume(servers: Servers, number: int) -> list[float]:
    times: list[float] = []
    async with (
        await aio_pika.connect(servers.rabbit.url) as out,
        await aio_pika.connect(servers.rabbit.url) as back,
    ):
        publishing = await out.channel(publisher_confirms=True, on_return_raises=True)
        channel = await back.channel()
        await channel.set_qos(prefetch_count=500)
        queue = await channel.declare_queue(
            "bench-latency", durable=True, arguments={"x-queue-type": "quorum"}
        )

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            times.append((time.time() - float(message.body[:20])) * 1000)
            await message.ack()

        await queue.consume(take)

        async def write() -> None:
            body = f"{time.time():<20.6f}".encode() + b"x" * (events.BYTES - 20)
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await publishing.default_exchange.publish(message, "bench-latency")

        await _every(write, number)
        while len(times) < number:
            await asyncio.sleep(0.002)
    return times


async def _every(write: Callable[[], Awaitable[None]], number: int) -> None:
    """Start that many, at even distances, however long each of them takes."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for turn in range(number):
            await asyncio.sleep(max(0.0, began + turn / A_SECOND - loop.time()))
            group.create_task(write())  # type: ignore[arg-type] # a coroutine, by its callers
