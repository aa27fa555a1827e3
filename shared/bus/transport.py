"""What a transport does; shared/bus/rabbitmq.py and shared/bus/inprocess.py are the two."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from shared.bus.consumer import Consumer


class TransportDown(Exception):
    """Nothing can be sent now; what was in flight is unknown and is sent again later."""


class Unroutable(Exception):
    """The broker has no queue for this type of event."""


@dataclass(frozen=True, slots=True)
class Message:
    """A committed event on its way: `type` is the routing key, `body` a CloudEvents document."""

    id: UUID
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """`confirmed` are safe elsewhere now; `unroutable` have no queue to go to; the rest is unknown."""

    confirmed: set[UUID]
    unroutable: set[UUID] = field(default_factory=set)


class Transport(Protocol):
    async def publish(self, messages: Sequence[Message]) -> Outcome:
        """Raises TransportDown."""

    async def consume(self, consumer: Consumer, stop: asyncio.Event) -> None:
        """Deliver to the consumer's queues until `stop`; what was begun is finished."""

    def healthy(self) -> bool:
        """False where consuming has stood still and the process should be replaced."""

    async def close(self) -> None: ...
