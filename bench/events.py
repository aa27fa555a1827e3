"""The events of 1 KiB that the groups about the bus send, and reactions that write one row for each."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.measure import Stopwatch
from bench.servers import Servers
from shared.bus.consumer import Consumer
from shared.bus.declaration import declare_all
from shared.bus.handlers import Handlers
from shared.bus.rabbitmq import RabbitMQ
from shared.bus.relay import Relay
from shared.database.engine import Database
from shared.events.billing import CaseManagementActivated
from shared.ids import uuid7
from shared.loop import Wake

BYTES = 1024
EVENT = CaseManagementActivated
TABLES = """
create schema if not exists bench;
create table if not exists bench.effects (event_id uuid not null, bureau_id uuid not null, at timestamptz);
grant usage on schema bench to arende_billing_worker;
grant all on bench.effects to arende_billing_worker;
"""

batched = Handlers("billing")
each = Handlers("billing")


@batched.on_batch(EVENT, queue="bench-batch")
async def keep_all(events: Sequence[CaseManagementActivated], session: AsyncSession) -> None:
    await session.execute(
        text(
            "insert into bench.effects select id, bureau, clock_timestamp()"
            " from unnest(cast(:ids as uuid[]), cast(:bureaus as uuid[])) as event (id, bureau)"
        ),
        {"ids": [event.id for event in events], "bureaus": [event.bureau_id for event in events]},
    )


@each.on(EVENT, queue="bench-each")
async def keep_one(event: CaseManagementActivated, session: AsyncSession) -> None:
    await session.execute(
        text("insert into bench.effects values (:id, :bureau, clock_timestamp())"),
        {"id": event.id, "bureau": event.bureau_id},
    )


def body_of(event: CaseManagementActivated) -> bytes:
    """The event's document, filled up to 1 KiB by a member that readers ignore."""
    plain = event.to_wire()
    return plain[:-1] + b',"padding":"' + b"x" * (BYTES - len(plain) - 13) + b'"}'


def new_event() -> CaseManagementActivated:
    return EVENT(bureau_id=uuid7(), subscription_id=uuid7(), activated_on=date(2026, 11, 1))


async def prepare(servers: Servers, *services: Handlers) -> None:
    """Empty what a former group has left: the table of effects, the dead letters, and the broker, which gets
    the queues of these reactions only."""
    await servers.execute("billing", TABLES)
    await servers.execute("billing", "truncate dead_letters")
    servers.rabbit.ctl(
        "eval", "[rabbit_amqqueue:delete(Q, false, false, <<>>) || Q <- rabbit_amqqueue:list()]."
    )
    await declare_all(servers.rabbit.url, list(services))


Bodied = Callable[[CaseManagementActivated], bytes]


async def fill_outbox(servers: Servers, number: int, body: Bodied = body_of) -> None:
    """Write that many events, which the relay has not sent yet."""
    connection = await servers.connect("identity")
    try:
        for start in range(0, number, 50_000):
            events = [new_event() for _ in range(min(50_000, number - start))]
            rows = [(event.id, event.type, body(event)) for event in events]
            await connection.copy_records_to_table(
                "outbox", records=rows, columns=["event_id", "type", "body"]
            )
        await connection.execute("vacuum analyze outbox")
    finally:
        await connection.close()


def relay_of(servers: Servers) -> Relay:
    database = Database(servers.databases.url("identity", "worker"), name="bench-relay")
    return Relay(database, RabbitMQ(servers.rabbit.url, name="bench"), service="identity", wake=Wake())


async def end(relay: Relay) -> None:
    await relay.transport.close()
    await relay.database.close()


async def send_all(relay: Relay, *, at_most: int | None = None) -> int:
    """Send until the outbox is empty or so many are sent. Returns how many were sent."""
    sent = 0
    while (at_most is None or sent < at_most) and (batch := await relay.send_batch()):
        sent += batch
    return sent


async def fill_queue(servers: Servers, number: int, body: Bodied = body_of) -> None:
    """Send that many events, which wait in their queue."""
    await fill_outbox(servers, number, body)
    sender = relay_of(servers)
    await send_all(sender)
    await end(sender)


class Counting(Consumer):
    handled = 0

    async def deliver(self, queue: str, bodies: Sequence[bytes]) -> None:
        await super().deliver(queue, bodies)
        self.handled += len(bodies)


async def consume(servers: Servers, handlers: Handlers, number: int) -> None:
    """Run a worker's consumer until it has handled that many messages of one queue."""
    database = Database(servers.databases.url("billing", "worker"), name="bench-consumer")
    consumer, stop = Counting(database, handlers), asyncio.Event()
    consuming = asyncio.create_task(RabbitMQ(servers.rabbit.url, name="bench").consume(consumer, stop))
    while consumer.handled < number and not consuming.done():
        await asyncio.sleep(0.002)
    stop.set()
    await consuming
    await database.close()


async def rate_of_consuming(servers: Servers, handlers: Handlers, number: int) -> float:
    """Events a second."""
    with Stopwatch() as watch:
        await consume(servers, handlers, number)
    return number / watch.seconds
