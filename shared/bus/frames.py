"""Publishing and consuming many messages at once, where aio_pika takes one at a time (docs/adr/0008).

Many publishes are one write to the socket and one wait for the confirms. Deliveries are taken as they are
read, without a task and an object tree for each.

This uses parts of aiormq that are not in its documents (a channel's `frames`, `write_queue`, `delivery_tag`
and `create_future`), so its version is pinned. tests/shared/bus/test_frames.py says what to do on an upgrade.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any
from uuid import UUID

from aiormq.abc import AbstractChannel, ChannelFrame
from pamqp import commands, frame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from shared.bus.transport import Confirms, Message
from shared.events import CONTENT_TYPE
from shared.kill_points import kill_point

PERSISTENT = 2
# A body frame's own 8 bytes count towards the connection's largest frame.
_FRAME_OVERHEAD = 8
_FRAME_END = b"\xce"
_frame_head = Struct(">BHI")
_body_size = Struct(">Q")
# In a header frame the size of the body stands after the frame's head, the class and the weight.
_SIZE_AT = 11
_NO_ID = "0" * 36


@dataclass(frozen=True, slots=True)
class Delivery:
    method: Any
    header: ContentHeader
    body: bytes


class Frames:
    """Takes the place of a channel's queue of frames: keeps deliveries, returned messages and confirms, and
    hands all other frames on to the queue."""

    def __init__(self, channel: Any) -> None:
        self._usual = channel.frames
        self.get, self.task_done = self._usual.get, self._usual.task_done
        self.on_content: Callable[[Delivery], None] = lambda _: None
        self.on_confirm: Callable[[Any], None] = lambda _: None
        self._method: Any = None
        self._header = ContentHeader()
        self._parts: list[bytes] = []
        self._missing = 0
        channel.frames = self

    async def put(self, item: tuple[int, Any]) -> None:
        read = item[1]
        kind = type(read)
        if kind is commands.Basic.Deliver or kind is commands.Basic.Return:
            self._method = read
        elif kind is ContentHeader and self._method is not None:
            self._header, self._missing = read, read.body_size
            self._complete()
        elif kind is ContentBody and self._method is not None:
            self._parts.append(read.value)
            self._missing -= len(read.value)
            self._complete()
        elif kind is commands.Basic.Ack or kind is commands.Basic.Nack:
            self.on_confirm(read)
        else:
            await self._usual.put(item)

    def _complete(self) -> None:
        if self._missing > 0:
            return
        delivery = Delivery(self._method, self._header, b"".join(self._parts))
        self._method, self._parts = None, []
        self.on_content(delivery)


class Publisher:
    """A channel in confirm mode. Nothing else may publish on it, because it counts the delivery tags."""

    def __init__(self, channel: AbstractChannel, exchange: str) -> None:
        self._channel: Any = channel
        self._exchange = exchange
        self._heads: dict[str, tuple[bytes, bytes, bytes]] = {}
        self._largest = self._channel.connection.connection_tune.frame_max - _FRAME_OVERHEAD
        self._pending: dict[int, UUID] = {}
        self._confirms = Confirms(set())
        self._done: asyncio.Future[None] | None = None
        frames = Frames(channel)
        frames.on_confirm, frames.on_content = self._confirmed, self._returned

    async def publish(self, messages: Sequence[Message], confirms: Confirms) -> None:
        """Send all messages and wait until each is confirmed or refused.

        What `confirms` holds is true even if this raises or is cancelled. A message that the broker refused
        (reject-publish) is in neither of its sets. Raises the error that closed the channel.
        """
        self._confirms = confirms
        # If the channel closes, it ends this future with the error.
        self._done = self._channel.create_future()
        parts: list[bytes] = []
        for message in messages:
            self._channel.delivery_tag += 1
            self._pending[self._channel.delivery_tag] = message.id
            self._write(message, parts)
        written = asyncio.get_running_loop().create_future()
        await self._channel.write_queue.put(ChannelFrame(b"".join(parts), False, written))
        await asyncio.wait((written, self._done), return_when=asyncio.FIRST_COMPLETED)
        kill_point("relay-after-publish")
        await self._done

    def _write(self, message: Message, parts: list[bytes]) -> None:
        method, before_id, after_id = self._heads.get(message.type) or self._encode(message.type)
        parts += (
            method,
            before_id[:_SIZE_AT],
            _body_size.pack(len(message.body)),
            before_id[_SIZE_AT + _body_size.size :],
            str(message.id).encode(),
            after_id,
        )
        for start in range(0, len(message.body), self._largest):
            part = message.body[start : start + self._largest]
            parts += (_frame_head.pack(3, self._channel.number, len(part)), part, _FRAME_END)

    def _encode(self, event_type: str) -> tuple[bytes, bytes, bytes]:
        """The publish frame for this type, and the two parts of its header frame, between which the message's
        id goes."""
        method = commands.Basic.Publish(exchange=self._exchange, routing_key=event_type, mandatory=True)
        properties = commands.Basic.Properties(
            content_type=CONTENT_TYPE, message_id=_NO_ID, message_type=event_type, delivery_mode=PERSISTENT
        )
        header = frame.marshal(ContentHeader(properties=properties), self._channel.number)
        before, _, after = header.partition(_NO_ID.encode())
        self._heads[event_type] = (frame.marshal(method, self._channel.number), before, after)
        return self._heads[event_type]

    def _returned(self, delivery: Delivery) -> None:
        """No queue took the message. The broker confirms it too, but only after this."""
        self._confirms.unroutable.add(UUID(str(delivery.header.properties.message_id)))

    def _confirmed(self, confirm: Any) -> None:
        last = confirm.delivery_tag
        tags = [tag for tag in self._pending if tag <= last] if confirm.multiple else [last]
        accepted = type(confirm) is commands.Basic.Ack
        for tag in tags:
            event_id = self._pending.pop(tag, None)
            if event_id is not None and accepted and event_id not in self._confirms.unroutable:
                self._confirms.confirmed.add(event_id)
        if not self._pending and self._done is not None and not self._done.done():
            self._done.set_result(None)


class Deliveries:
    """A channel that consumes one queue."""

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel
        self._tag = ""
        self._arrived: asyncio.Queue[Delivery | None] = asyncio.Queue()
        Frames(channel).on_content = self._arrived.put_nowait
        channel.on_consumer_cancel_callbacks.add(self._end)
        channel.closing.add_done_callback(self._end)

    async def consume(self, queue: str, prefetch: int) -> None:
        await self._channel.basic_qos(prefetch_count=prefetch)
        consuming = await self._channel.basic_consume(queue, _never_called)
        self._tag = consuming.consumer_tag or ""

    async def next_batch(self, stop: asyncio.Event, largest: int) -> list[Delivery]:
        """Wait for a message and return all that have come, up to `largest`; none when it is time to stop.

        Raises ConnectionError where the broker has ended the consumer: a queue that ends quietly is an error.
        """
        if stop.is_set():
            return []
        if self._arrived.empty():
            getting, stopping = asyncio.ensure_future(self._arrived.get()), asyncio.ensure_future(stop.wait())
            try:
                await asyncio.wait({getting, stopping}, return_when=asyncio.FIRST_COMPLETED)
                batch = [getting.result()] if getting.done() else []
            finally:
                getting.cancel()
                stopping.cancel()
            if not batch:
                return []
        else:
            batch = []
        while not self._arrived.empty() and len(batch) < largest:
            batch.append(self._arrived.get_nowait())
        if None in batch:
            raise ConnectionError("the broker ended the consumer")
        return [delivery for delivery in batch if delivery is not None]

    async def acknowledge(self, delivery: Delivery) -> None:
        """Acknowledge this message and all that were delivered before it."""
        await self._channel.basic_ack(delivery.method.delivery_tag, multiple=True)

    async def cancel(self) -> None:
        await self._channel.basic_cancel(self._tag)

    def _end(self, _: Any) -> None:
        self._arrived.put_nowait(None)


async def _never_called(_: Any) -> None:
    raise AssertionError("deliveries are taken before the channel sees them")
