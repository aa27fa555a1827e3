"""Publishing facts again: page by page, without holding up others, and to copies alone."""

import asyncio
from typing import Any
from uuid import UUID

from shared.bus.republish import Facts, Told, republish
from shared.database.tables import outbox as outbox_table
from shared.events import from_wire
from shared.events.billing import CaseManagementEnded
from tests.conftest import eventually
from tests.shared.bus.probe import Probe


def facts(probe: Probe, number: int) -> list[Facts]:
    """So many facts, whose keys are their numbers."""

    async def page(session: Any, *, bureau_id: UUID | None, after: int | None, limit: int) -> Told:
        first = (after or 0) + 1
        return [(key, probe.end_event()) for key in range(first, min(first + limit, number + 1))]

    return [Facts("ends", (CaseManagementEnded,), page)]


async def waiting(probe: Probe) -> list[Any]:
    return await probe.rows("select event_id, body from outbox order by position")


async def clear(probe: Probe) -> None:
    async with probe.database.transaction() as session:
        await session.execute(outbox_table.delete())


async def test_every_page_is_a_transaction_and_waits_until_there_is_room(probe: Probe) -> None:
    await clear(probe)
    task = asyncio.create_task(republish(probe.database, facts(probe, 25), page=10, most_waiting=5))

    async def one_page() -> bool:
        return len(await waiting(probe)) == 10

    await eventually(one_page)
    assert all(from_wire(row.body).republished for row in await waiting(probe))
    await clear(probe)
    await eventually(one_page)
    await clear(probe)
    assert await task == {"ends": 25}
    assert len(await waiting(probe)) == 5
    await clear(probe)


async def test_what_killed_its_process_is_told_again_to_copies_alone(probe: Probe) -> None:
    again = probe.end_event(republished=True)
    for queue in ("end", "track"):
        await probe.worker.consumer.park_killer(f"{probe.prefix}.{queue}", again.to_wire())
    await probe.worker.consumer.retry_due()
    assert await probe.effects(again) == ["track"]
    assert await probe.dead_letters() == []


async def test_an_event_tells_that_it_is_told_again_only_where_it_is(probe: Probe) -> None:
    assert b"republished" not in probe.end_event().to_wire()
    assert from_wire(probe.end_event(republished=True).to_wire()).republished
