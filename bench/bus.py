"""Relay, consumer and both together, against raw aio_pika, FastStream and Celery."""

import asyncio
from collections.abc import Awaitable, Callable

from bench import events
from bench.measure import Figure, Stopwatch, alternate
from bench.peers import celery_peer, faststream_peer, raw_aio_pika
from bench.servers import Servers
from shared.bus import topology

KEY, BODY = events.EVENT.type, b"x" * events.BYTES
QUEUE = "billing.bench-batch"


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    rounds, number = (2, 8_000) if quick else (5, 30_000)
    return [
        await relay(servers, rounds, number),
        await consumer(servers, rounds, number),
        await against_faststream(servers, rounds, number),
        await against_celery(servers, rounds, number),
    ]


async def relay(servers: Servers, rounds: int, number: int) -> Figure:
    await events.prepare(servers, events.batched)

    async def ours() -> float:
        await events.fill_outbox(servers, number)
        sender = events.relay_of(servers)
        rate = await _rate(number, lambda: events.send_all(sender))
        await events.end(sender)
        await _purge(servers)
        return rate

    async def raw() -> float:
        rate = await _rate(number, lambda: _publish_raw(servers, number))
        await _purge(servers)
        return rate

    done = await alternate({"relay": ours, "aio_pika": raw}, rounds=rounds, processes=servers.processes)
    return done.figure(
        "relay",
        group="bus",
        better="higher",
        must=0.85,
        aim=2.0,
        reference="raw aio_pika publish with confirms, 500 in flight",
        bound_by="our one Python process, which encodes windows and reads confirms; then the broker",
    )


async def consumer(servers: Servers, rounds: int, number: int) -> Figure:
    await events.prepare(servers, events.batched)

    async def ours() -> float:
        await events.fill_queue(servers, number)
        return await events.rate_of_consuming(servers, events.batched, number)

    async def raw() -> float:
        await _publish_raw(servers, number)
        return await _rate(
            number, lambda: raw_aio_pika.consume(servers.rabbit.url, queue=QUEUE, number=number)
        )

    done = await alternate({"consumer": ours, "aio_pika": raw}, rounds=rounds, processes=servers.processes)
    return done.figure(
        "consumer",
        group="bus",
        better="higher",
        must=0.8,
        aim=1.5,
        reference="raw aio_pika consume and acknowledge, prefetch 500, no database",
        bound_by="our one Python process: two fifths of it is the client library decoding frames",
    )


async def _whole_way(servers: Servers, number: int) -> float:
    """Relay and consumer at the same time in one process, until the last effect is committed."""
    await events.fill_outbox(servers, number)
    sender = events.relay_of(servers)

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(events.consume(servers, events.batched, number))
            group.create_task(events.send_all(sender))

    rate = await _rate(number, both)
    await events.end(sender)
    return rate


async def against_faststream(servers: Servers, rounds: int, number: int) -> Figure:
    await events.prepare(servers, events.batched)
    url = servers.rabbit.url

    async def peer() -> float:
        return await _rate(number, lambda: faststream_peer.publish_and_consume(url, number=number, body=BODY))

    sides = {"whole way": lambda: _whole_way(servers, number), "FastStream": peer}
    done = await alternate(sides, rounds=rounds, processes=servers.processes)
    return done.figure(
        "whole_way_against_faststream",
        group="bus",
        better="higher",
        must=1.0,
        aim=2.0,
        reference="FastStream publish and consume in one process, no database",
        bound_by="our one Python process, which is relay and consumer at once",
    )


async def against_celery(servers: Servers, rounds: int, number: int) -> Figure:
    await events.prepare(servers, events.batched)
    fewer = number // 10
    async with celery_peer.worker(servers.rabbit.url, servers.folder) as taken:

        async def peer() -> float:
            return await _rate(
                fewer,
                lambda: celery_peer.publish_and_consume(taken, number=fewer, body=BODY.decode()),
            )

        sides = {"whole way": lambda: _whole_way(servers, number), "Celery": peer}
        done = await alternate(sides, rounds=rounds, processes=servers.processes)
    return done.figure(
        "whole_way_against_celery",
        group="bus",
        better="higher",
        must=2.5,
        aim=5.0,
        reference="Celery delay() with confirms and a worker with acks_late, no database",
        bound_by="our one Python process, which is relay and consumer at once",
    )


async def _publish_raw(servers: Servers, number: int) -> None:
    await raw_aio_pika.publish(
        servers.rabbit.url, exchange=topology.EVENTS, key=KEY, number=number, body=BODY
    )


async def _rate(number: int, work: Callable[[], Awaitable[object]]) -> float:
    with Stopwatch() as watch:
        await work()
    return number / watch.seconds


async def _purge(servers: Servers) -> None:
    await asyncio.to_thread(servers.rabbit.ctl, "purge_queue", QUEUE)
