"""Deliveries that come more than once, in any order, or can't be handled."""

from random import Random
from uuid import UUID

import aio_pika

from shared.events.billing import CaseManagementActivated
from shared.ids import uuid7
from tests.faults.kinds.kind import fault, seen
from tests.faults.probe import FINE, KILLS, event_of
from tests.faults.rig import Rig


async def publish(rig: Rig, bodies: list[bytes]) -> None:
    """Publish past the outbox, which only this harness does."""
    async with await aio_pika.connect(rig.rabbit.url) as connection, connection.channel() as channel:
        exchange = await channel.get_exchange("arende.events", ensure=False)
        for body in bodies:
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await exchange.publish(message, routing_key=CaseManagementActivated.type)


@fault("deliveries-doubled")
async def double(rig: Rig, random: Random, seconds: float) -> None:
    """Deliver accepted events again, each one to five times, shuffled, to both replicas."""
    await rig.write(100)
    known = list(rig.ledger.recent)
    chosen = random.sample(known, min(50, len(known)))
    bodies = [event_of(*row, FINE).to_wire() for row in chosen for _ in range(random.randint(1, 5))]
    random.shuffle(bodies)
    suppressed = await rig.suppressed()
    await publish(rig, bodies)

    async def seen_before() -> bool:
        return await rig.suppressed() > suppressed

    await seen(seen_before, "no delivery was seen before")


def unreadable() -> list[bytes]:
    # Each run makes other bodies, because an unreadable body that comes again is the same dead letter.
    event_id = uuid7()
    fine = event_of(event_id, uuid7(), 1, FINE).to_wire()
    return [
        b"not json: %s" % event_id.bytes,
        b'["%s"]' % str(event_id).encode(),
        b'{"specversion": "1.0", "id": "%s"}' % str(event_id).encode(),
        fine.replace(b".v1", b".v9"),
        fine.replace(CaseManagementActivated.type.encode(), b"se.arende.unheard-of.v1"),
        fine.replace(b'"2026-11-01"', b"17"),
        fine.replace(b'"2026-11-01"', b'"2026-11-01\\u0000"'),
        b"\x00" * 1000 + event_id.bytes,
        b'{"data": "%s' % str(event_id).encode() + b"x" * 5_000_000 + b'"}',
    ]


@fault("deliveries-unreadable")
async def poison(rig: Rig, random: Random, seconds: float) -> None:
    """Unreadable messages, and events at which a reaction fails, are parked. The others are handled."""
    before = await rig.parked()
    bodies = unreadable()
    await publish(rig, bodies)
    await rig.write(7, clients=1, bug=True)

    async def parked() -> bool:
        # Each unreadable message is in both queues; the events are parked after their last attempt.
        return await rig.parked() >= before + 2 * len(bodies) + 7

    # They wait behind all messages that are in the queues already.
    await seen(parked, "not all of it was parked", seconds=600)


async def killer(rig: Rig) -> UUID:
    """Publish an event that ends each process that handles it."""
    event_id = uuid7()
    await publish(rig, [event_of(event_id, uuid7(), 1, KILLS).to_wire()])
    return event_id
