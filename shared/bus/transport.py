"""What a transport does. There are two: shared/bus/rabbitmq.py and shared/bus/inprocess.py."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from shared.bus.consumer import Consumer


class TransportDown(Exception):
    """Nothing can be sent now. Whether events in flight have arrived is not known: they are sent again."""


class Unroutable(Exception):
    """The broker has no queue for this type of event."""


@dataclass(frozen=True, slots=True)
class Message:
    """A committed event on its way. `type` is the routing key, `body` a CloudEvents document."""

    id: UUID
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Confirms:
    """The ids of the events that the transport has `confirmed`, and of those that no queue takes. Of an event
    that is in neither set it is not known whether it arrived."""

    confirmed: set[UUID]
    unroutable: set[UUID] = field(default_factory=set)


class Transport(Protocol):
    async def publish(self, messages: Sequence[Message]) -> Confirms:
        """Returns what became of each event. Raises TransportDown where nothing could be sent."""

    async def consume(self, consumer: Consumer, stop: asyncio.Event) -> None:
        """Deliver messages to the consumer until `stop`, and finish what was begun."""

    def healthy(self) -> bool:
        """False if consuming stands still, so that the process should be replaced."""

    async def close(self) -> None: ...
