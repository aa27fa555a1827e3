"""An event that ends each process that handles it is parked in the end, and holds up no other event."""

from tests.conftest import eventually
from tests.faults.conftest import assert_nothing_lost_nothing_twice
from tests.faults.kinds.deliveries import killer
from tests.faults.rig import Rig


async def test_a_message_that_kills_its_process_is_parked(rig: Rig) -> None:
    before, parked_before = sum(len(reader.deaths) for reader in rig.readers), await rig.parked()
    await rig.write(100)
    event_id = await killer(rig)
    await rig.write(400)

    async def parked() -> bool:
        rows = await rig.fetch(
            "select cause from dead_letters where event_id = $1 and state = 'parked'",
            event_id,
            service="billing",
        )
        return [row["cause"] for row in rows] == ["KilledItsProcess"]

    await eventually(parked, seconds=120)
    # The broker delivers a message 20 times at most, and each time a process died of this one.
    assert sum(len(reader.deaths) for reader in rig.readers) >= before + 20
    await rig.write(50)
    await assert_nothing_lost_nothing_twice(rig)
    # The messages that were delivered together with it are handled, and not parked.
    assert await rig.parked() == parked_before + 1
