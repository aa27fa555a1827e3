"""The judge is tested: it notices each wrong that a fault could cause, when that is done by hand."""

import pytest

from shared.ids import uuid7
from tests.faults.kinds import KINDS
from tests.faults.plan import plan
from tests.faults.rig import Rig

INSERT = "insert into probe.effects (event_id) values ($1)"


async def test_an_effect_that_happened_twice_is_seen(rig: Rig) -> None:
    await rig.write(10)
    assert await rig.drain()
    again = "insert into probe.effects (event_id) select event_id from probe.effects order by n desc limit 1"
    await rig.execute(again, service="billing")
    try:
        assert (await rig.ledger.verdict())["double_effects"] == 1
    finally:
        await rig.execute(
            "delete from probe.effects where n = (select max(n) from probe.effects)", service="billing"
        )
    assert (await rig.ledger.verdict())["double_effects"] == 0


async def test_an_effect_that_is_missing_or_nobody_wrote_is_seen(rig: Rig) -> None:
    await rig.write(10)
    assert await rig.drain()
    sql = "select event_id from probe.effects order by n desc limit 1"
    (last,) = await rig.fetch(sql, service="billing")
    await rig.fetch("delete from probe.effects where event_id = $1", last["event_id"], service="billing")
    assert not await rig.ledger.drained()
    phantom = uuid7()
    await rig.fetch(INSERT, phantom, service="billing")
    verdict = await rig.ledger.verdict()
    assert (verdict["lost"], verdict["phantom"]) == (1, 1)
    await rig.fetch("update probe.effects set event_id = $1 where event_id = $2", last["event_id"], phantom,
                    service="billing")  # fmt: skip
    assert await rig.ledger.drained()


async def test_a_copy_that_goes_back_or_stays_behind_is_seen(rig: Rig) -> None:
    await rig.write(10, clients=1)
    assert await rig.drain()
    await rig.execute("update probe.copies set sequence = sequence - 1", service="billing")
    verdict = await rig.ledger.verdict()
    assert verdict["copies_behind"] == len(rig.ledger.last)
    assert verdict["sequences_backwards"] >= len(rig.ledger.last)
    await rig.execute(
        "update probe.copies set sequence = sequence + 1; delete from probe.backwards", service="billing"
    )
    assert (await rig.ledger.verdict())["copies_behind"] == 0


async def test_a_write_that_was_never_relayed_is_seen(rig: Rig) -> None:
    rig.ledger.accept(uuid7(), 1, [forgotten := uuid7()], applies=True)
    assert not await rig.ledger.drained()
    assert (await rig.ledger.verdict())["lost"] == 1
    rig.ledger.applying.remove(forgotten)
    rig.ledger.last.popitem()
    rig.ledger.recent.pop()


@pytest.mark.parametrize("seed", [1, 7])
def test_a_seed_is_a_plan(seed: int) -> None:
    steps = plan(200, seed)
    assert steps == plan(200, seed) != plan(200, seed + 1)
    assert {step.kind for step in steps} == set(KINDS)
