"""The parts of aiormq that shared/bus/frames.py uses and that its documents don't promise."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from importlib.metadata import version
from typing import Any

import aio_pika
import aiormq
import pytest
from aiormq.abc import ChannelFrame
from pamqp import commands

from shared.bus.frames import Frames
from tests.servers.rabbitmq import RabbitServer

TESTED = "7.2.4"
UPGRADE = """
shared/bus/frames.py was tested with aiormq {tested}, and {found} is installed. To upgrade:
1. Compare both versions' aiormq/channel.py and connection.py: who fills `frames` and who empties it, who
   writes what is in `write_queue`, when `delivery_tag` grows, what ends a future of `create_future`.
2. Run tests/shared, `pytest tests/faults`, `make bench ONLY=bus`.
3. Change the pin in pyproject.toml, run `make lock`, and change TESTED here.
If one of these parts is gone, `exchange.publish` in a gather and `queue.consume` do it at half the rate.
"""


@pytest.fixture
async def channel(rabbit: RabbitServer) -> AsyncIterator[Any]:
    connection = await aio_pika.connect(rabbit.url)
    async with connection, connection.channel() as channel:
        yield await channel.get_underlay_channel()


def test_aiormq_is_the_version_that_was_tested() -> None:
    found = version("aiormq")
    assert found == TESTED, UPGRADE.format(tested=TESTED, found=found)


async def test_a_channel_has_the_parts_that_are_used(channel: Any) -> None:
    assert type(channel.frames) is asyncio.Queue
    assert type(channel.write_queue) is asyncio.Queue
    assert channel.write_queue is channel.connection.write_queue
    assert (channel.delivery_tag, type(channel.number)) == (0, int)
    assert channel.connection.connection_tune.frame_max > 4096
    assert isinstance(channel.create_future(), asyncio.Future)
    assert list(inspect.signature(ChannelFrame).parameters) == ["payload", "should_close", "drain_future"]


async def test_every_frame_of_a_channel_passes_its_queue_of_frames(channel: Any) -> None:
    passed: list[Any] = []

    class Seen(Frames):
        async def put(self, item: tuple[int, Any]) -> None:
            passed.append(type(item[1]))
            await super().put(item)

    Seen(channel)
    declared = await channel.queue_declare(exclusive=True)
    await channel.queue_delete(declared.queue)
    assert passed == [commands.Queue.DeclareOk, commands.Queue.DeleteOk]


async def test_a_channel_that_closes_ends_the_futures_it_made(channel: Any) -> None:
    waiting = channel.create_future()
    with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity):
        await channel.queue_declare("there is no such queue", passive=True)
    with pytest.raises(aiormq.exceptions.AMQPError):
        await asyncio.wait_for(waiting, 5)
