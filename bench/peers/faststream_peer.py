"""FastStream: one process that publishes with confirms, many in flight, and consumes what it published."""

import asyncio
import logging

from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

IN_FLIGHT = 500
PREFETCH = 500
QUEUE = RabbitQueue("bench-faststream", queue_type=QueueType.QUORUM, durable=True)


async def publish_and_consume(url: str, *, number: int, body: bytes) -> None:
    broker = RabbitBroker(
        url,
        default_channel=Channel(prefetch_count=PREFETCH, publisher_confirms=True),
        logger=None,
        log_level=logging.ERROR,
    )
    left, done = number, asyncio.Event()

    @broker.subscriber(QUEUE)
    async def take(message: bytes) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            done.set()

    slots = asyncio.Semaphore(IN_FLIGHT)

    async def one() -> None:
        async with slots:
            await broker.publish(body, QUEUE, persist=True)

    async with broker:
        await broker.start()
        async with asyncio.TaskGroup() as group:
            for _ in range(number):
                group.create_task(one())
        await done.wait()
