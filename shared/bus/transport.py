"""What a transport does; shared/bus/rabbitmq.py and shared/bus/inprocess.py are the two."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.bus.consumer import Consumer


class TransportDown(Exception):
    """Nothing can be sent now; what was in flight is unknown and is sent again later."""


@dataclass(frozen=True, slots=True)
class Message:
    """A committed event on its way: `type` is the routing key, `body` a CloudEvents document."""

    id: UUID
    type: str
    body: bytes


class Transport(Protocol):
    async def publish(self, messages: Sequence[Message]) -> set[UUID]:
        """The ids that are safe elsewhere now. Raises TransportDown."""

    async def consume(self, consumer: Consumer, stop: asyncio.Event) -> None:
        """Deliver to the consumer's queues until `stop`; what was begun is finished."""

    def healthy(self) -> bool:
        """False where consuming has stood still and the process should be replaced."""

    async def close(self) -> None: ...
