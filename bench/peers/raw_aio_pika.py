"""aio_pika alone: persistent messages with confirms, many in flight, each acknowledged by itself."""

import asyncio
from uuid import uuid4

import aio_pika

IN_FLIGHT = 500
PREFETCH = 500


async def publish(url: str, *, exchange: str, key: str, number: int, body: bytes) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        target = await channel.get_exchange(exchange, ensure=False)
        slots = asyncio.Semaphore(IN_FLIGHT)

        async def one() -> None:
            async with slots:
                message = aio_pika.Message(
                    body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT, message_id=str(uuid4())
                )
                await target.publish(message, routing_key=key)

        async with asyncio.TaskGroup() as group:
            for _ in range(number):
                group.create_task(one())


async def consume(url: str, *, queue: str, number: int) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        source = await channel.get_queue(queue, ensure=False)
        left, done = number, asyncio.Event()

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            nonlocal left
            await message.ack()
            left -= 1
            if left == 0:
                done.set()

        await source.consume(take)
        await done.wait()
