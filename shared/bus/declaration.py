"""Exchanges, queues and bindings on the broker: made, emptied, and moved to a new name.

Everything here may run at any time and any number of times, beside workers of this release and the last.
"""

import asyncio
from collections.abc import Iterable, Sequence

import aio_pika
from aio_pika.abc import (
    AbstractConnection,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aiormq.exceptions import ChannelLockedResource, ChannelNotFoundEntity
from pamqp.common import FieldTable
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from shared.bus import topology
from shared.bus.consumer import Consumer
from shared.bus.handlers import Handlers
from shared.events import TYPES
from shared.patience import patiently

CONNECT_SECONDS = 10
# So many messages are under way at once from a retired queue to its successor.
WINDOW = 200
SETTLING_SECONDS = 2.0

Reacting = Handlers | Consumer


async def ensure_exchanges(connection: AbstractConnection) -> None:
    """Declare the exchanges that are missing. Looking for them comes first, because a service's own user may
    publish to them and bind to them, but declare none (ADR 0012)."""
    for name, kind in topology.EXCHANGES.items():
        async with connection.channel() as channel:
            try:
                await channel.declare_exchange(name, kind, passive=True)
                continue
            except ChannelNotFoundEntity:
                pass
        async with connection.channel() as channel:
            await channel.declare_exchange(name, kind, durable=True)


async def is_declared(connection: AbstractConnection, service: Reacting) -> bool:
    """Whether the exchanges and this service's queues exist. Anyone on the broker may look."""
    async with connection.channel() as channel:
        try:
            for name, kind in topology.EXCHANGES.items():
                await channel.declare_exchange(name, kind, passive=True)
            for name in (topology.dead_queue(service.service), *service.reactions):
                await channel.declare_queue(name, passive=True)
        except ChannelNotFoundEntity:
            return False
    return True


async def declare(connection: AbstractConnection, services: Sequence[Reacting]) -> None:
    """Declare what these services need. A queue's dead-letter target is there before the queue, and the
    successor of a retired queue before the retired one is unbound, so that no event is without a queue."""
    await ensure_exchanges(connection)
    async with connection.channel() as channel:
        events = await channel.get_exchange(topology.EVENTS, ensure=False)
        dead = await channel.get_exchange(topology.DEAD, ensure=False)
        for service in services:
            name = topology.dead_queue(service.service)
            parked = await channel.declare_queue(name, durable=True, arguments=dict(topology.DEAD_QUEUE))
            for name, keys in topology.bindings(service.reactions.values()).items():
                await parked.bind(dead, routing_key=name)
                arguments: FieldTable = {**topology.WORK_QUEUE, "x-dead-letter-routing-key": name}
                queue = await channel.declare_queue(name, durable=True, arguments=arguments)
                for key in keys:
                    await queue.bind(events, routing_key=key)
    for service in services:
        for retired, successor in service.retired.items():
            if successor not in service.reactions:
                raise ValueError(f"{retired} has no successor: there is no reaction on {successor}")
            await _retire(connection, service.service, retired, successor)


@patiently
async def declare_all(url: str, services: Sequence[Handlers], *, unread: Iterable[str] = ()) -> None:
    """Declare the queues of these services, before the first event is published: an event only reaches queues
    that exist. Events of the `unread` types go to the queue of unread events, unless one of these services
    reads them.
    """
    async with await aio_pika.connect(url, timeout=CONNECT_SECONDS) as connection:
        await declare(connection, services)
        async with connection.channel() as channel:
            events = await channel.get_exchange(topology.EVENTS, ensure=False)
            arguments = dict(topology.UNREAD_QUEUE)
            queue = await channel.declare_queue(topology.UNREAD, durable=True, arguments=arguments)
            read = topology.types_read(services)
            for key in set(unread) - read:
                await queue.bind(events, routing_key=key)
            # A type that has got a reader leaves that queue only now, when the reader's own queue takes it.
            for key in read:
                await queue.unbind(events, routing_key=key)


async def purge(url: str, services: Sequence[Handlers]) -> None:
    """Empty all queues of these services; for sample data that starts over."""
    async with await aio_pika.connect(url, timeout=CONNECT_SECONDS) as connection:
        await declare(connection, services)
        async with connection.channel() as channel:
            for handlers in services:
                for name in (*handlers.reactions, topology.dead_queue(handlers.service)):
                    await (await channel.get_queue(name, ensure=False)).purge()


# Retired queues


async def _retire(connection: AbstractConnection, service: str, retired: str, successor: str) -> None:
    """Move what is left in a retired queue to its successor, and delete it once it is empty.

    Where workers of the previous release still consume it, it stays for the next run. Deleting it then loses
    nothing, although the broker can't make "only if empty" a condition for quorum queues: the successor was
    bound first, so that whatever reaches the retired queue from now on has reached the successor as well.
    """
    if await _look_at(connection, retired) is None or not await _claim(connection, retired):
        return
    async with connection.channel() as channel:
        queue = await channel.get_queue(retired, ensure=False)
        events = await channel.get_exchange(topology.EVENTS, ensure=False)
        for key in TYPES:
            await queue.unbind(events, routing_key=key)
    await _move(connection, retired, successor)
    if await _is_left(connection, retired):
        async with connection.channel() as channel:
            await channel.queue_delete(retired)
            dead = await channel.get_queue(topology.dead_queue(service), ensure=False)
            await dead.unbind(topology.DEAD, routing_key=retired)
    await _release(connection, retired)


async def _look_at(connection: AbstractConnection, name: str) -> tuple[int, int] | None:
    """The queue's waiting messages and its consumers; None where there is no such queue."""
    async with connection.channel() as channel:
        try:
            found = (await channel.declare_queue(name, passive=True)).declaration_result
        except ChannelNotFoundEntity:
            return None
        return found.message_count or 0, found.consumer_count or 0


@retry(
    retry=retry_if_result(lambda left: not left),
    wait=wait_fixed(0.1),
    stop=stop_after_delay(SETTLING_SECONDS),
    retry_error_callback=lambda _: False,
)
async def _is_left(connection: AbstractConnection, name: str) -> bool:
    """Whether nothing waits in the queue and nobody consumes it. A channel that has taken a message counts as
    a consumer until the broker has applied the acknowledgement, which may be a moment later."""
    return await _look_at(connection, name) == (0, 0)


def _moving(retired: str) -> str:
    return f"{retired}.moving"


async def _claim(connection: AbstractConnection, retired: str) -> bool:
    """Be the only one who moves this queue: another one's messages that are under way are not counted among
    the waiting ones. The lock is a queue that belongs to this connection and ends with it."""
    async with connection.channel() as channel:
        try:
            await channel.declare_queue(_moving(retired), exclusive=True)
        except ChannelLockedResource:
            return False
        return True


async def _release(connection: AbstractConnection, retired: str) -> None:
    async with connection.channel() as channel:
        await channel.queue_delete(_moving(retired))


async def _move(connection: AbstractConnection, retired: str, successor: str) -> None:
    """Each message is acknowledged only after the broker has confirmed its copy in the successor.

    The copies go through an exchange of the service's own, because the right to publish through the
    default one would be a right to write into every other service's queues.
    """
    async with connection.channel(publisher_confirms=True, on_return_raises=True) as channel:
        way = await channel.declare_exchange(_moving(retired), aio_pika.ExchangeType.FANOUT)
        await (await channel.get_queue(successor, ensure=False)).bind(way)
        queue = await channel.get_queue(retired, ensure=False)
        while window := await _take(queue):
            await asyncio.gather(*(way.publish(_copy(message), routing_key="") for message in window))
            await window[-1].ack(multiple=True)
        await way.delete()


async def _take(queue: AbstractQueue) -> list[AbstractIncomingMessage]:
    """The next messages of a queue, none where it is empty."""
    window: list[AbstractIncomingMessage] = []
    while len(window) < WINDOW and (message := await queue.get(fail=False)) is not None:
        window.append(message)
    return window


def _copy(message: AbstractIncomingMessage) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        content_type=message.content_type,
        message_id=message.message_id,
        type=message.type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
