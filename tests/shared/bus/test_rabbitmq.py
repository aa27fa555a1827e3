"""What can go wrong only with a broker."""

from collections.abc import Iterator
from typing import Any

import aio_pika
import pytest

from shared.bus.declaration import declare_all
from shared.bus.rabbitmq import RabbitMQ
from shared.events import TYPES
from tests.conftest import eventually
from tests.servers.rabbitmq import RabbitServer
from tests.shared.bus.probe import Probe, Running, TransportFor


@pytest.fixture(scope="module")
def own_rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """A broker that a test may kill."""
    server = RabbitServer.start(tmp_path_factory.mktemp("rabbit-of-faults"))
    yield server
    server.stop()


@pytest.fixture
def on_own_rabbit(own_rabbit: RabbitServer) -> TransportFor:
    async def make(probe: Probe) -> RabbitMQ:
        await declare_all(own_rabbit.url, [probe.handlers], unread=TYPES)
        return RabbitMQ(own_rabbit.url, name=probe.prefix, watch_seconds=2)

    return make


async def test_events_follow_after_the_broker_was_killed(
    running: Running, on_own_rabbit: TransportFor, own_rabbit: RabbitServer
) -> None:
    async with running(on_own_rabbit) as probe:
        before, during, after = probe.event(), probe.event(), probe.event()
        await probe.publish(before)
        await probe.handled(before)
        own_rabbit.settle()
        own_rabbit.kill()
        await probe.publish(during)
        own_rabbit.restart()
        await probe.publish(after)
        await probe.handled(during, after)
        assert await probe.effects(during) == ["one", "other"]


async def test_a_queue_deleted_under_its_consumer_is_built_again(
    running: Running, on_own_rabbit: TransportFor, own_rabbit: RabbitServer
) -> None:
    async with running(on_own_rabbit) as probe:
        first, second = probe.event(), probe.event()
        await probe.publish(first)
        await probe.handled(first)
        connection = await aio_pika.connect(own_rabbit.url)
        async with connection, connection.channel() as channel:
            await channel.queue_delete(f"{probe.prefix}.one")

            async def back() -> bool:
                found = await channel.declare_queue(f"{probe.prefix}.one", passive=True)
                return bool(found.declaration_result.consumer_count)

            async def back_or_missing() -> bool:
                try:
                    return await back()
                except aio_pika.exceptions.ChannelClosed:
                    await channel.reopen()
                    return False

            await eventually(back_or_missing, seconds=20)
        await probe.publish(second)
        await probe.handled(second)


async def test_an_event_without_a_queue_is_parked(running: Running, own_rabbit: RabbitServer) -> None:
    async def undeclared(probe: Probe) -> RabbitMQ:
        return RabbitMQ(own_rabbit.url, name=probe.prefix)

    async with running(undeclared) as probe:
        connection = await aio_pika.connect(own_rabbit.url)
        unread = probe.unread_event()
        async with connection, connection.channel() as channel:
            await channel.queue_delete("arende.unread")
        await probe.publish(unread)

        async def parked() -> Any:
            return await probe.rows("select * from dead_letters where event_id = :id", id=unread.id)

        (row,) = await eventually(parked)
        assert (row.queue, row.cause, row.state) == ("unrouted", "Unroutable", "parked")


async def test_what_a_full_queue_refuses_stays_and_is_sent_when_there_is_room(
    running: Running, on_own_rabbit: TransportFor, own_rabbit: RabbitServer
) -> None:
    full: Any = {"x-queue-type": "quorum", "x-max-length": 5, "x-overflow": "reject-publish"}
    connection = await aio_pika.connect(own_rabbit.url)
    async with running(on_own_rabbit) as probe, connection, connection.channel() as channel:
        filling, refused = ([probe.event() for _ in range(20)] for _ in range(2))
        queue = await channel.declare_queue("full", durable=True, arguments=full)
        await queue.bind("arende.events", filling[0].type)
        await probe.publish(*filling)
        await probe.handled(*filling)
        await eventually(probe.outbox_is_empty)
        await probe.publish(*refused)
        # They are handled, because the other queues took them; but one queue has refused them.
        await probe.handled(*refused)
        rows = await probe.rows("select event_id from outbox")
        assert {row.event_id for row in rows} == {event.id for event in refused}
        await channel.queue_delete("full")
        await eventually(probe.outbox_is_empty, seconds=20)
        for event in (*filling, *refused):
            assert await probe.effects(event) == ["one", "other"]
