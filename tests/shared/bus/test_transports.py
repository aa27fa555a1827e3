"""What both transports promise: the in-process one passes the same tests as RabbitMQ."""

from typing import Any

import pytest

from shared.bus import dead_letters, outbox
from shared.bus.transport import Message
from shared.errors import NotFound, ServiceError
from shared.events import Event
from shared.ids import uuid7
from tests.conftest import eventually
from tests.shared.bus.probe import Probe, Running, TransportFor


class Refused(ServiceError):
    code = "refused_by_test"
    en = sv = "No."


async def test_every_reaction_takes_effect_once(running: Running, transport_for: TransportFor) -> None:
    async with running(transport_for) as probe:
        events = [probe.event() for _ in range(50)]
        await probe.publish(*events)
        await probe.handled(*events)
        assert await probe.effects(events[0]) == ["one", "other"]
        await eventually(probe.outbox_is_empty)


async def test_the_same_event_twice_has_one_effect(running: Running, transport_for: TransportFor) -> None:
    async with running(transport_for) as probe:
        event, marker = probe.event(), probe.event()
        await probe.publish(event)
        await probe.handled(event)
        await eventually(probe.outbox_is_empty)
        await probe.publish(event)
        await eventually(probe.outbox_is_empty)
        await probe.publish(marker)
        await probe.handled(marker)
        assert await probe.effects(event) == ["one", "other"]


async def test_what_is_rolled_back_is_not_published(running: Running, transport_for: TransportFor) -> None:
    async with running(transport_for) as probe:
        lost, kept = probe.event(), probe.event()
        with pytest.raises(ZeroDivisionError):
            await _publish_and_fail(probe, lost)
        await probe.publish(kept)
        await probe.handled(kept)
        assert await probe.effects(lost) == []


async def _publish_and_fail(probe: Probe, event: Event) -> None:
    async with probe.database.transaction() as session:
        outbox.add(session, event)
        raise ZeroDivisionError


async def test_a_failing_event_waits_and_harms_no_other(
    running: Running, transport_for: TransportFor
) -> None:
    async with running(transport_for) as probe:
        events = [probe.event() for _ in range(20)]
        probe.faults[events[7].id] = [RuntimeError(), NotFound("customer"), RuntimeError()]
        await probe.publish(*events)
        await probe.handled(*events)
        assert await probe.effects(events[7]) == ["one", "other"]
        assert probe.faults[events[7].id] == []
        assert await probe.dead_letters() == []


async def test_a_refusal_is_parked_and_can_be_replayed(running: Running, transport_for: TransportFor) -> None:
    async with running(transport_for) as probe:
        event = probe.event()
        probe.faults[event.id] = [Refused()]
        await probe.publish(event)
        (row,) = await eventually(lambda: probe.dead_letters(event))
        assert (row.state, row.cause, row.attempts) == ("parked", "refused_by_test", 1)
        # The other reaction has a queue and a transaction of its own, so it may come later.
        assert await eventually(lambda: probe.effects(event)) == ["other"]
        async with probe.database.transaction() as session:
            assert await dead_letters.replay(session, cause="refused_by_test") == 1
        await probe.handled(event)
        assert await probe.dead_letters() == []


async def test_an_event_that_always_fails_is_parked_at_its_last_attempt(
    running: Running, transport_for: TransportFor
) -> None:
    async with running(transport_for) as probe:
        event = probe.event()
        probe.faults[event.id] = [RuntimeError() for _ in range(20)]
        await probe.publish(event)

        async def parked() -> Any:
            return [row for row in await probe.dead_letters(event) if row.state == "parked"]

        (row,) = await eventually(parked)
        assert row.attempts == 4
        assert row.error == "RuntimeError"


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"type": "se.arende.unknown.v9"}', b"\xff\x00", b"{}" * 9])
async def test_what_is_no_event_is_parked(running: Running, transport_for: TransportFor, body: bytes) -> None:
    async with running(transport_for) as probe:
        await probe.publish_raw(Message(uuid7(), "se.arende.case_management.activated.v1", body))

        async def parked() -> Any:
            rows = await probe.dead_letters()
            return rows if len(rows) == 2 else None

        rows = await eventually(parked)
        assert {row.cause for row in rows} == {"UnreadableEvent"}
        assert bytes(rows[0].body) == body


async def test_events_that_nobody_reads_stop_no_other(running: Running, transport_for: TransportFor) -> None:
    async with running(transport_for) as probe:
        event = probe.event()
        await probe.publish(probe.unread_event(), event)
        await probe.handled(event)
        await eventually(probe.outbox_is_empty)


async def test_a_backlog_drains(running: Running, transport_for: TransportFor) -> None:
    async with running(transport_for) as probe:
        events = [probe.event() for _ in range(2_000)]
        await probe.publish(*events)
        await probe.handled(*events)
        await eventually(probe.outbox_is_empty)


async def test_what_is_republished_reaches_copies_alone(
    running: Running, transport_for: TransportFor
) -> None:
    async with running(transport_for) as probe:
        again, new = probe.end_event(republished=True), probe.end_event()
        await probe.publish(again, new)

        async def done() -> bool:
            return await probe.effects(new) == ["end", "track"] and bool(await probe.effects(again))

        await eventually(done)
        assert await probe.effects(again) == ["track"]
        assert await probe.dead_letters() == []
