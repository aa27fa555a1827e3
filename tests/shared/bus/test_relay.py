"""The pace of the relay: as fast as it can, and slowly while others write."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
from sqlalchemy import text

from arende.databases import Databases
from shared.bus import outbox
from shared.bus.inprocess import InProcess
from shared.bus.pace import BATCH, COMPANY_SECONDS, RESTS, SMALL_BATCH, Pace
from shared.bus.relay import Relay
from shared.bus.transport import Confirms, Message
from shared.database.engine import Database
from shared.events.billing import UsageCounted
from shared.ids import uuid7
from shared.loop import Wake
from tests.conftest import eventually


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def after(newest: Sequence[int], *, claimed: int = BATCH) -> tuple[Pace, Clock]:
    clock = Clock()
    pace = Pace(clock)
    for position in newest:
        pace.saw(position, claimed=claimed)
    return pace, clock


def test_a_backlog_that_nobody_adds_to_is_sent_as_fast_as_can_be() -> None:
    pace, clock = after([1_000_000, 1_000_000, 1_000_000])
    clock.now += 0.03
    assert (pace.size, pace.rest()) == (BATCH, 0.0)


def test_while_others_write_it_sends_a_little_and_rests_longer() -> None:
    pace, clock = after([1_000_000, 1_000_002])
    clock.now += 0.01
    assert pace.size == SMALL_BATCH
    assert pace.rest() == pytest.approx(RESTS * 0.01)


def test_it_gives_way_for_a_while_after_the_last_of_them() -> None:
    pace, clock = after([1_000_000, 1_000_002, 1_000_002], claimed=SMALL_BATCH)
    clock.now += 0.9 * COMPANY_SECONDS
    assert pace.size == SMALL_BATCH
    clock.now += 0.2 * COMPANY_SECONDS
    assert pace.size == BATCH


def test_who_writes_faster_than_it_sends_is_not_given_way_to() -> None:
    pace, clock = after([1_000_000, 1_000_030], claimed=SMALL_BATCH)
    clock.now += 0.01
    assert (pace.size, pace.rest()) == (BATCH, 0.0)


class Noting(InProcess):
    """A transport that notes how many messages it gets at once, and hands them to nobody."""

    def __init__(self) -> None:
        super().__init__(services=0)
        self.windows: list[int] = []
        self.sent: list[UUID] = []

    async def publish(self, messages: Sequence[Message]) -> Confirms:
        self.windows.append(len(messages))
        self.sent += [message.id for message in messages]
        return await super().publish(messages)


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    database = Database(databases.url("billing", "worker"), name="tests")
    async with database.transaction() as session:
        # Other tests have written events and run no relay.
        await session.execute(text("delete from outbox"))
    yield database
    await database.close()


async def write(database: Database, number: int) -> list[UUID]:
    events = [
        UsageCounted(bureau_id=uuid7(), count_id=uuid7(), month="2026-05", quantity=1) for _ in range(number)
    ]
    async with database.transaction() as session:
        outbox.add(session, *events)
    return [event.id for event in events]


async def test_a_backlog_gives_way_while_others_write_and_ends_in_order(database: Database) -> None:
    transport, stop = Noting(), asyncio.Event()
    relay = Relay(database, transport, service="billing", wake=Wake())
    written = await write(database, 4 * BATCH)
    relaying = asyncio.create_task(relay.run(stop))

    async def gave_way() -> bool:
        written.extend(await write(database, 1))
        return transport.windows.count(SMALL_BATCH) >= 3

    async def all_sent() -> bool:
        return len(transport.sent) >= len(written)

    await eventually(gave_way)
    await eventually(all_sent)
    stop.set()
    await relaying
    assert transport.sent == written
