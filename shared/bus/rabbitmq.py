"""RabbitMQ as a transport, with one connection to publish, one to consume and one to watch.

The connections are plain ones, and we connect again ourselves: after a timeout it is not known what became
of anything that was in flight on a connection, and only what was confirmed so far counts.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError
from pamqp.common import FieldTable
from yarl import URL

from shared import telemetry
from shared.bus import topology
from shared.bus.consumer import Consumer
from shared.bus.declaration import CONNECT_SECONDS, declare, ensure_exchanges, is_declared
from shared.bus.frames import Deliveries, Publisher
from shared.bus.supervision import Progress
from shared.bus.transport import Confirms, Message, TransportDown
from shared.kill_points import kill_point
from shared.loop import stopped
from shared.outages import DatabaseDown
from shared.patience import Pauses

log = logging.getLogger("arende.rabbitmq")

CONFIRM_SECONDS = 5
WATCH_SECONDS = 15.0
BATCH = 100

# Connecting to a broker that goes away meanwhile ends with StopAsyncIteration.
_TROUBLE = (AMQPError, OSError, RuntimeError, StopAsyncIteration)


class RabbitMQ:
    """The transport of one process."""

    def __init__(self, url: str, *, name: str, watch_seconds: float = WATCH_SECONDS) -> None:
        self.url = URL(url).update_query(heartbeat=10, fail_fast=0)
        self.name = name
        self.watch_seconds = watch_seconds
        self.progress = Progress()
        self._publishing: AbstractConnection | None = None
        self._publisher: Publisher | None = None

    async def _connect(self, purpose: str) -> AbstractConnection:
        properties: FieldTable = {"connection_name": f"{self.name} {purpose}"}
        return await aio_pika.connect(self.url, timeout=CONNECT_SECONDS, client_properties=properties)

    # Publishing

    async def publish(self, messages: Sequence[Message]) -> Confirms:
        """Send all at once; the broker confirms each. When in doubt about any of them, close the connection,
        because the same id must never be in flight twice on one channel."""
        confirms = Confirms(set())
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                publisher = await self._publisher_to_use()
            async with asyncio.timeout(CONFIRM_SECONDS):
                await publisher.publish(messages, confirms)
        except _TROUBLE as error:
            await self._discard_publishing()
            if not (confirms.confirmed or confirms.unroutable):
                raise TransportDown from error
            unknown = len(messages) - len(confirms.confirmed) - len(confirms.unroutable)
            log.warning("some events are unconfirmed", extra={"facts": {"events": unknown}})
        except asyncio.CancelledError:
            await self._discard_publishing()
            raise
        return confirms

    async def _publisher_to_use(self) -> Publisher:
        if self._publisher is None or self._publishing is None or self._publishing.is_closed:
            await self._discard_publishing()
            self._publishing = await self._connect("publish")
            await ensure_exchanges(self._publishing)
            channel = self._publishing.channel(publisher_confirms=True)
            await channel.initialize()
            self._publisher = Publisher(await channel.get_underlay_channel(), topology.EVENTS)
        return self._publisher

    async def _discard_publishing(self) -> None:
        connection, self._publishing, self._publisher = self._publishing, None, None
        if connection is not None:
            await _close(connection)

    # Consuming

    async def consume(self, consumer: Consumer, stop: asyncio.Event) -> None:
        """Consume until `stop`. Whatever goes wrong, connect again after a pause."""
        pauses = Pauses()
        while not stop.is_set():
            try:
                await self._consume_once(consumer, stop)
            except* _TROUBLE as group:
                telemetry.CONSUMING.labels(consumer.service).set(0)
                cause = type(group.exceptions[0]).__name__
                log.warning("consuming is built again", extra={"facts": {"error": cause}})
                await pauses.wait(stop)

    async def _consume_once(self, consumer: Consumer, stop: asyncio.Event) -> None:
        consumer.progressed = self.progress.progressed
        async with self._connection("consume") as connection:
            # A worker's own user on the broker may only look; it waits here for `arende declare`.
            if not await is_declared(connection, consumer):
                await declare(connection, [consumer])
            telemetry.CONSUMING.labels(consumer.service).set(1)
            async with asyncio.TaskGroup() as group:
                lost = group.create_task(_raise_when_closed(connection, stop))
                for queue in consumer.reactions:
                    group.create_task(self._consume_queue(connection, consumer, queue, stop))
                group.create_task(self._drain_dead(connection, consumer, stop))
                group.create_task(self._watch(consumer, stop))
                await stop.wait()
                lost.cancel()

    async def _consume_queue(
        self, connection: AbstractConnection, consumer: Consumer, name: str, stop: asyncio.Event
    ) -> None:
        """Take the messages that are there, handle them in one transaction, then acknowledge them. While one
        batch is handled the next one arrives, so batches grow with the load."""
        pauses = Pauses()
        async with _consuming(connection, name, topology.PREFETCH) as arrived:
            while batch := await arrived.next_batch(stop, BATCH):
                bodies = [message.body for message in batch]
                while not await self._handled(consumer, name, bodies):
                    if await pauses.wait(stop):
                        return
                kill_point("consumer-before-acknowledge")
                await arrived.acknowledge(batch[-1])
                kill_point("consumer-after-acknowledge")
                self.progress.handled(name)

    async def _handled(self, consumer: Consumer, name: str, bodies: list[bytes]) -> bool:
        try:
            await consumer.deliver(name, bodies)
        except DatabaseDown as down:
            self.progress.progressed(name)
            telemetry.HANDLED.labels(name, "postponed").inc(len(bodies))
            cause = type(down.__cause__ or down).__name__
            log.warning("deliveries wait for our database", extra={"facts": {"queue": name, "error": cause}})
            return False
        return True

    async def _parked(self, consumer: Consumer, queue: str, body: bytes) -> bool:
        try:
            await consumer.park_killer(queue, body)
        except DatabaseDown:
            return False
        return True

    async def _drain_dead(
        self, connection: AbstractConnection, consumer: Consumer, stop: asyncio.Event
    ) -> None:
        """Move messages that ended their process into the table where all other failures are."""
        pauses = Pauses()
        async with _consuming(connection, topology.dead_queue(consumer.service), 10) as arrived:
            while batch := await arrived.next_batch(stop, 1):
                for message in batch:
                    headers = message.header.properties.headers or {}
                    queue = str(headers.get("x-first-death-queue") or message.method.routing_key)
                    while not await self._parked(consumer, queue, message.body):
                        if await pauses.wait(stop):
                            return
                    await arrived.acknowledge(message)

    # Watching

    async def _watch(self, consumer: Consumer, stop: asyncio.Event) -> None:
        """Check that each queue has a consumer and that its backlog moves. If not, Stuck ends the consuming
        connection too, and both are made again."""
        while not await stopped(stop, self.watch_seconds):
            async with self._connection("watch") as connection:
                for name in consumer.reactions:
                    channel = await connection.channel()
                    queue = await channel.declare_queue(name, passive=True)
                    found = queue.declaration_result
                    await channel.close()
                    self.progress.check(
                        name, waiting=found.message_count or 0, consumers=found.consumer_count or 0
                    )

    @asynccontextmanager
    async def _connection(self, purpose: str) -> AsyncIterator[AbstractConnection]:
        connection = await self._connect(purpose)
        try:
            yield connection
        finally:
            await _close(connection)

    def healthy(self) -> bool:
        return self.progress.healthy()

    async def close(self) -> None:
        await self._discard_publishing()


@asynccontextmanager
async def _consuming(connection: AbstractConnection, queue: str, prefetch: int) -> AsyncIterator[Deliveries]:
    """The deliveries of one queue, on a channel of its own."""
    async with connection.channel() as channel:
        arrived = Deliveries(await channel.get_underlay_channel())
        await arrived.consume(queue, prefetch)
        try:
            yield arrived
        finally:
            with contextlib.suppress(*_TROUBLE):
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await arrived.cancel()


async def _raise_when_closed(connection: AbstractConnection, stop: asyncio.Event) -> None:
    closed = asyncio.Event()
    connection.close_callbacks.add(lambda *_: closed.set())
    await closed.wait()
    if not stop.is_set():
        raise ConnectionError("the connection was lost")


async def _close(connection: AbstractConnection) -> None:
    with contextlib.suppress(*_TROUBLE):
        async with asyncio.timeout(CONFIRM_SECONDS):
            await connection.close()
