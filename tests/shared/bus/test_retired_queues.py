"""A queue under a new name: what is left in the old one is handled once, whichever release is running."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aiormq.exceptions import ChannelNotFoundEntity
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import dead_letters, topology
from shared.bus.consumer import Consumer
from shared.bus.declaration import WINDOW, declare
from shared.bus.handlers import Handlers
from shared.database.engine import Database
from shared.events import Event
from shared.events.billing import CaseManagementEnded
from shared.ids import uuid7
from tests.conftest import eventually
from tests.servers.rabbitmq import RabbitServer


async def _nothing(event: CaseManagementEnded, session: AsyncSession) -> None:
    raise AssertionError("nothing is delivered here")


class Renamed:
    """The queue `watch-ends` of the previous release, and `watch-end` of this one."""

    def __init__(self, connection: AbstractConnection, channel: AbstractChannel) -> None:
        self.connection, self.channel = connection, channel
        self.service = f"renamed-{uuid7().hex[-12:]}"
        self.previous, self.current = Handlers(self.service), self.handlers()
        self.previous.on(CaseManagementEnded, queue="watch-ends")(_nothing)
        self.current.on(CaseManagementEnded, queue="watch-end")(_nothing)
        self.old, self.new = f"{self.service}.watch-ends", f"{self.service}.watch-end"

    def handlers(self) -> Handlers:
        return Handlers(self.service, retired={"watch-ends": "watch-end"})

    async def publish(self, number: int) -> list[bytes]:
        bodies = [f"event {uuid7()}".encode() for _ in range(number)]
        exchange = await self.channel.get_exchange(topology.EVENTS)
        messages = [aio_pika.Message(body, message_id=str(uuid7())) for body in bodies]
        await asyncio.gather(*(exchange.publish(each, CaseManagementEnded.type) for each in messages))
        return bodies

    async def waiting(self, name: str) -> int | None:
        """How many messages are ready in a queue; None where there is no such queue."""
        async with self.connection.channel() as channel:
            try:
                return (await channel.declare_queue(name, passive=True)).declaration_result.message_count
            except ChannelNotFoundEntity:
                return None

    async def drained(self, name: str) -> list[bytes]:
        queue, bodies = await self.channel.get_queue(name), list[bytes]()
        while (message := await queue.get(fail=False)) is not None:
            bodies.append(message.body)
            await message.ack()
        return bodies


@pytest.fixture
async def renamed(rabbit: RabbitServer) -> AsyncIterator[Renamed]:
    connection = await aio_pika.connect(rabbit.url)
    async with connection, connection.channel() as channel:
        renamed = Renamed(connection, channel)
        await declare(connection, [renamed.previous])
        yield renamed
        for name in (renamed.old, renamed.new, topology.dead_queue(renamed.service)):
            await channel.queue_delete(name)


async def test_what_is_left_is_moved_and_the_old_queue_deleted(renamed: Renamed) -> None:
    before = await renamed.publish(2 * WINDOW + 50)
    await declare(renamed.connection, [renamed.current])
    assert await renamed.waiting(renamed.old) is None
    after = await renamed.publish(1)
    assert Counter(await renamed.drained(renamed.new)) == Counter(before + after)


async def test_it_may_run_again(renamed: Renamed) -> None:
    before = await renamed.publish(3)
    for _ in range(3):
        await declare(renamed.connection, [renamed.current])
    assert await renamed.drained(renamed.new) == before


async def test_the_old_queue_stays_as_long_as_the_old_release_consumes_it(renamed: Renamed) -> None:
    (in_hand,) = await renamed.publish(1)
    taken: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    async with renamed.connection.channel() as old_release:
        await old_release.set_qos(prefetch_count=1)
        queue = await old_release.get_queue(renamed.old)
        await queue.consume(taken.put)
        assert (await taken.get()).body == in_hand
        left = await renamed.publish(3)
        await declare(renamed.connection, [renamed.current])
        assert await renamed.waiting(renamed.old) == 0
        assert await renamed.drained(renamed.new) == left
        # The previous release's worker connects again, and binds its queue again.
        await declare(renamed.connection, [renamed.previous])
        both = await renamed.publish(2)
        await declare(renamed.connection, [renamed.current])
        assert set(await renamed.drained(renamed.new)) == set(both)

    async def given_back() -> bool:
        return bool(await renamed.waiting(renamed.old))

    await eventually(given_back)
    await declare(renamed.connection, [renamed.current])
    assert await renamed.waiting(renamed.old) is None
    assert await renamed.drained(renamed.new) == [in_hand]


async def test_several_workers_that_start_at_once_lose_nothing(
    renamed: Renamed, rabbit: RabbitServer
) -> None:
    async def start() -> None:
        async with await aio_pika.connect(rabbit.url) as connection:
            await declare(connection, [renamed.current])

    before = await renamed.publish(2 * WINDOW)
    await asyncio.gather(*(start() for _ in range(4)))
    assert await renamed.waiting(renamed.old) is None
    assert Counter(await renamed.drained(renamed.new)) == Counter(before)


async def test_one_that_dies_while_moving_leaves_the_rest_to_the_next(
    renamed: Renamed, rabbit: RabbitServer
) -> None:
    before = await renamed.publish(5)
    dying = await aio_pika.connect(rabbit.url)
    async with dying, dying.channel() as channel:
        await channel.declare_queue(f"{renamed.old}.moving", exclusive=True)
        queue = await channel.get_queue(renamed.old)
        assert await queue.get() is not None
        await declare(renamed.connection, [renamed.current])
        assert await renamed.waiting(renamed.old) == 4

    async def moved() -> bool:
        await declare(renamed.connection, [renamed.current])
        return await renamed.waiting(renamed.old) is None

    await eventually(moved)
    assert Counter(await renamed.drained(renamed.new)) == Counter(before)


async def test_a_successor_without_a_reaction_is_a_mistake(renamed: Renamed) -> None:
    with pytest.raises(ValueError, match=r"watch-ends has no successor"):
        await declare(renamed.connection, [renamed.handlers()])
    assert await renamed.waiting(renamed.old) == 0


# The same event under both names


class Both:
    """Consumers of both releases over one database, whose reaction counts its effects."""

    def __init__(self, database: Database) -> None:
        self.effects = Counter[Any]()
        self.previous = self._consumer(database, Handlers("billing"), "watch-ends")
        current = Handlers("billing", retired={"watch-ends": "watch-end"})
        self.current = self._consumer(database, current, "watch-end")

    def _consumer(self, database: Database, handlers: Handlers, queue: str) -> Consumer:
        @handlers.on(CaseManagementEnded, queue=queue)
        async def react(event: CaseManagementEnded, session: AsyncSession) -> None:
            self.effects[event.id] += 1

        return Consumer(database, handlers, delays=(10.0,))


@pytest.fixture
async def both(common_settings: Any) -> AsyncIterator[Both]:
    database = Database(common_settings("billing")["worker_database_url"], name="retired", pool=2)
    yield Both(database)
    async with database.transaction() as session:
        await session.execute(text("delete from dead_letters where queue like 'billing.watch-end%'"))
    await database.close()


def ended() -> Event:
    return CaseManagementEnded(bureau_id=uuid7(), subscription_id=uuid7())


async def test_what_was_handled_under_the_old_name_is_not_handled_again(both: Both) -> None:
    handled, fresh = ended(), ended()
    await both.previous.deliver("billing.watch-ends", [handled.to_wire()])
    await both.current.deliver("billing.watch-end", [handled.to_wire(), fresh.to_wire()])
    await both.previous.deliver("billing.watch-ends", [fresh.to_wire()])
    assert both.effects == {handled.id: 1, fresh.id: 1}


async def test_a_dead_letter_of_the_old_name_is_retried_under_the_new_one(both: Both) -> None:
    event = ended()
    await both.previous.park_killer("billing.watch-ends", event.to_wire())
    await both.current.retry_due()
    async with both.current.database.transaction() as session:
        assert [row for row in await dead_letters.list_oldest(session) if row.event_id == event.id] == []
    assert both.effects == {event.id: 1}
