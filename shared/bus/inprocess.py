"""The in-process transport: the embedded default, between the same outbox and inbox.

An event counts as sent only when every reaction to it has committed, or has left a row that waits or is
parked. So nothing is lost when the process is killed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from shared.bus.consumer import Consumer
from shared.bus.transport import Confirms, Message, TransportDown
from shared.outages import DatabaseDown


class InProcess:
    """All services' consumers in one process. Subscribe every consumer before the first publish."""

    def __init__(self, *, services: int) -> None:
        self._routes: dict[str, list[tuple[Consumer, str]]] = defaultdict(list)
        self._missing = services

    def subscribe(self, consumer: Consumer) -> None:
        self._missing -= 1
        for reaction in consumer.reactions.values():
            for event in reaction.events:
                self._routes[event.type].append((consumer, reaction.queue))

    async def publish(self, messages: Sequence[Message]) -> Confirms:
        if self._missing > 0:
            raise TransportDown("not every service has subscribed yet")
        deliveries: dict[tuple[Consumer, str], list[bytes]] = defaultdict(list)
        for message in messages:
            for route in self._routes[message.type]:
                deliveries[route].append(message.body)
        try:
            await asyncio.gather(
                *(consumer.deliver(queue, bodies) for (consumer, queue), bodies in deliveries.items())
            )
        except DatabaseDown as error:
            raise TransportDown from error
        return Confirms({message.id for message in messages})

    async def consume(self, consumer: Consumer, stop: asyncio.Event) -> None:
        self.subscribe(consumer)
        await stop.wait()

    def healthy(self) -> bool:
        return self._missing <= 0

    async def close(self) -> None:
        self._routes.clear()
