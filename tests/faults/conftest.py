"""One rig for all quick runs of faults. After each, every accepted event must be applied or parked."""

from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from tests.faults.ledger import WRONGS
from tests.faults.rig import Rig


@pytest_asyncio.fixture(scope="package")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    rig = await Rig.start(tmp_path_factory.mktemp("faults"))
    yield rig
    codes = await rig.stop()
    assert codes == [0, 0, 0, 0], "every process leaves in order"


@pytest.fixture
def random() -> Random:
    return Random(7)  # noqa: S311 - a seeded choice, no secret


async def assert_nothing_lost_nothing_twice(rig: Rig) -> None:
    drained = await rig.drain()
    verdict = await rig.ledger.verdict()
    assert verdict["accepted"] == verdict["applied"] + verdict["parked"], verdict
    assert {name: verdict[name] for name in WRONGS if verdict[name]} == {}
    assert drained
