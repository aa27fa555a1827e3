"""What becomes of an event whose reaction fails, and of those that were delivered with it."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices.tables import Counter
from shared.bus import dead_letters
from shared.bus.consumer import Consumer
from shared.bus.handlers import Handlers
from shared.database.engine import Database
from shared.errors import ServiceError
from shared.events import Event, UnreadableEvent, from_wire
from shared.events.billing import CaseManagementActivated
from shared.ids import uuid7
from shared.outages import is_down

QUEUE = "billing.failures"
DELAYS = (10.0, 60.0, 600.0, 3600.0)


class Kept(ServiceError):
    code = "kept_by_test"
    en = sv = "no"
    keeps_writes = True


class Failing:
    """A reaction that leaves its effect, and then raises or executes what `plan` has for the event."""

    def __init__(self, database: Database) -> None:
        self.plan: dict[UUID, BaseException | str] = {}
        self.bureaus: list[str] = []
        handlers = Handlers("billing")

        @handlers.on(CaseManagementActivated, queue="failures")
        async def react(event: CaseManagementActivated, session: AsyncSession) -> None:
            values = {"queue": QUEUE, "id": event.id}
            await session.execute(text("insert into probe.effects values (:queue, :id)"), values)
            setting = text("select current_setting('arende.bureau', true)")
            self.bureaus.append(str(await session.scalar(setting)))
            planned = self.plan.get(event.id)
            if isinstance(planned, str):
                await session.execute(text(planned))
            elif planned is not None:
                raise planned

        self.consumer = Consumer(database, handlers, delays=DELAYS)

    async def deliver(self, *events: Event) -> None:
        await self.consumer.deliver(QUEUE, [event.to_wire() for event in events])

    async def effects(self, *events: Event) -> int:
        counted = text("select count(*) from probe.effects where event_id = any(:ids)")
        async with self.consumer.database.transaction() as session:
            return int(await session.scalar(counted, {"ids": [event.id for event in events]}) or 0)

    async def rows(self, *events: Event) -> Sequence[Any]:
        async with self.consumer.database.transaction() as session:
            rows = await dead_letters.list_oldest(session)
        return [row for row in rows if row.event_id in {event.id for event in events}]


@pytest.fixture
async def failing(common_settings: Any, probe_tables: None) -> AsyncIterator[Failing]:
    database = Database(common_settings("billing")["worker_database_url"], name="failures", pool=2)
    failing = Failing(database)
    yield failing
    async with database.transaction() as session:
        await session.execute(text("delete from dead_letters where queue = :queue"), {"queue": QUEUE})
    await database.close()


def activated(bureau_id: UUID | None = None) -> CaseManagementActivated:
    return CaseManagementActivated(
        bureau_id=bureau_id, subscription_id=uuid7(), activated_on=datetime(2026, 11, 1, tzinfo=UTC).date()
    )


async def test_each_attempt_is_waited_for_as_long_as_was_promised(failing: Failing) -> None:
    event = activated()
    failing.plan[event.id] = RuntimeError()
    await failing.deliver(event)
    waits = []
    while (row := (await failing.rows(event))[0]).state == "waiting":
        waits.append((row.due_at - row.last_failed_at) / timedelta(seconds=1))
        async with failing.consumer.database.transaction() as session:
            await session.execute(
                text("update dead_letters set due_at = now() where id = :id"), {"id": row.id}
            )
        await failing.consumer.retry_due()
    assert waits == pytest.approx(DELAYS, abs=0.5)
    assert (row.state, row.attempts) == ("parked", 5)


async def test_attempts_that_end_with_their_process_come_to_an_end(failing: Failing) -> None:
    event = activated()
    failing.plan[event.id] = RuntimeError()
    await failing.deliver(event)
    for _ in range(len(DELAYS)):
        async with failing.consumer.database.transaction() as session:
            await session.execute(text("update dead_letters set due_at = now() where state = 'waiting'"))
        async with failing.consumer.database.transaction() as session:
            assert await dead_letters.lease_due(session, delays=DELAYS)
    async with failing.consumer.database.transaction() as session:
        await session.execute(text("update dead_letters set due_at = now() where state = 'waiting'"))
    await failing.consumer.retry_due()
    (row,) = await failing.rows(event)
    assert (row.state, row.cause) == ("parked", "KilledItsProcess")


async def test_what_the_broker_gave_up_is_tried_alone(failing: Failing) -> None:
    innocent = activated()
    await failing.consumer.park_killer(QUEUE, innocent.to_wire())
    assert (await failing.rows(innocent))[0].state == "waiting"
    await failing.consumer.retry_due()
    assert await failing.rows(innocent) == []
    assert await failing.effects(innocent) == 1


async def test_a_refusal_that_keeps_its_writes_keeps_none_here(failing: Failing) -> None:
    first, refused, last = activated(), activated(), activated()
    failing.plan[refused.id] = Kept()
    await failing.deliver(first, refused, last)
    assert await failing.effects(first) == await failing.effects(last) == 1
    assert await failing.effects(refused) == 0
    assert [row.cause for row in await failing.rows(refused)] == ["kept_by_test"]


async def test_an_events_bureau_is_not_the_next_ones(failing: Failing) -> None:
    bureau = uuid7()
    await failing.deliver(activated(bureau), activated())
    assert failing.bureaus == [str(bureau), ""]


async def test_a_statement_that_was_cancelled_is_the_events_failure(failing: Failing) -> None:
    slow = activated()
    failing.plan[slow.id] = "do $$ begin raise exception using errcode = '57014'; end $$"
    await failing.deliver(slow)
    assert [row.cause for row in await failing.rows(slow)] == ["QueryCanceledError"]


async def test_a_cause_is_named_as_the_database_names_it(failing: Failing) -> None:
    event = activated()
    failing.plan[event.id] = "select 1 / 0"
    await failing.deliver(event)
    assert [row.cause for row in await failing.rows(event)] == ["DivisionByZeroError"]


@pytest.mark.parametrize("member", ["id", "time", "sequence"])
def test_an_event_without_what_names_it_is_unreadable(member: str) -> None:
    document = json.loads(activated().to_wire())
    del document[member]
    with pytest.raises(UnreadableEvent, match=member):
        from_wire(json.dumps(document).encode())


def test_a_time_without_its_zone_is_unreadable() -> None:
    document = json.loads(activated().to_wire())
    document["time"] = "2026-11-01T10:00:00"
    with pytest.raises(UnreadableEvent, match="time"):
        from_wire(json.dumps(document).encode())


def test_a_missing_file_is_not_a_missing_database() -> None:
    assert is_down(ConnectionRefusedError())
    assert is_down(TimeoutError())
    assert not is_down(FileNotFoundError(2, "no such file", "x"))


async def test_one_that_fails_costs_the_others_no_more_than_being_begun_twice(failing: Failing) -> None:
    events = [activated() for _ in range(40)]
    failing.plan[events[25].id] = RuntimeError()
    await failing.deliver(*events)
    assert await failing.effects(*events) == 39
    assert [row.event_id for row in await failing.rows(*events)] == [events[25].id]
    # The events before it are begun twice, the event itself twice and alone, those after it once.
    assert len(failing.bureaus) == 26 + 25 + 1 + 14


async def test_what_the_database_refuses_late_is_the_fault_of_who_wrote_it(
    common_settings: Any, probe_tables: None
) -> None:
    handlers, begun = Handlers("billing"), list[UUID]()

    @handlers.on(CaseManagementActivated, queue="late")
    async def react(event: CaseManagementActivated, session: AsyncSession) -> None:
        begun.append(event.id)
        taken = event.id == guilty.id
        session.add(Counter(name="invoice" if taken else str(event.id), value=0))

    events = [activated() for _ in range(6)]
    guilty = events[3]
    database = Database(common_settings("billing")["worker_database_url"], name="late", pool=2)
    consumer = Consumer(database, handlers, delays=DELAYS)
    await consumer.deliver("billing.late", [event.to_wire() for event in events])
    async with database.transaction() as session:
        (row,) = [row for row in await dead_letters.list_oldest(session) if row.queue == "billing.late"]
        await session.execute(delete(Counter).where(Counter.name.in_([str(event.id) for event in events])))
        await session.execute(text("delete from dead_letters where queue = 'billing.late'"))
    await database.close()
    assert row.event_id == guilty.id
    assert len(begun) == 4 + 3 + 1 + 2


async def test_old_and_new_versions_of_an_event_come_together(failing: Failing) -> None:
    """As happens while workers and APIs are replaced in turn. A field that a newer release has added does no
    harm, and a type of the next major version waits as a dead letter for the worker that knows it."""
    older, newer, next_major = (activated() for _ in range(3))
    documents = [json.loads(event.to_wire()) for event in (older, newer, next_major)]
    documents[1]["data"]["added_later"] = {"any": "thing"}
    documents[1]["addedlater"] = "as well"
    documents[2]["type"] = documents[2]["type"].removesuffix("v1") + "v2"
    await failing.consumer.deliver(QUEUE, [json.dumps(document).encode() for document in documents])
    assert await failing.effects(older, newer) == 2
    assert await failing.effects(next_major) == 0
    async with failing.consumer.database.transaction() as session:
        (row,) = [row for row in await dead_letters.list_oldest(session) if row.queue == QUEUE]
    assert (row.state, row.cause) == ("parked", "UnreadableEvent")
    assert bytes(row.body) == json.dumps(documents[2]).encode()
