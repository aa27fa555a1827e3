"""A quick run of every fault: it happens, no event is lost, and none takes effect twice."""

import asyncio
from random import Random

import pytest

from tests.faults.conftest import assert_nothing_lost_nothing_twice
from tests.faults.kinds import KINDS
from tests.faults.rig import Rig


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_lost_and_nothing_happens_twice(kind: str, rig: Rig, random: Random) -> None:
    fault = KINDS[kind]
    async with asyncio.TaskGroup() as group:
        group.create_task(rig.write(2000))
        group.create_task(fault.apply(rig, random, max(fault.seconds[:2])))
    await rig.write(50)
    await assert_nothing_lost_nothing_twice(rig)
