"""A process is killed, dies at a named point, leaves in order, or is stopped for a while."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from random import Random

from tests.faults.kinds.kind import NotHappened, fault, last, seen, stands_still
from tests.faults.processes import Process
from tests.faults.rig import Rig

ROLES: dict[str, Callable[[Rig, Random], Process]] = {
    "api": lambda rig, _: rig.api,
    "writer": lambda rig, _: rig.writer,
    "reader": lambda rig, random: random.choice(rig.readers),
}
# Each kill point with the role that reaches it, and whether a delivery must come twice, and be suppressed.
POINTS = {
    "after-commit": ("api", False),
    "relay-after-claim": ("writer", False),
    "relay-after-publish": ("writer", True),
    "relay-after-confirm": ("writer", True),
    "relay-after-mark": ("writer", False),
    "consumer-before-begin": ("reader", False),
    "consumer-after-inbox": ("reader", False),
    "consumer-after-effect": ("reader", False),
    "consumer-after-commit": ("reader", True),
    "consumer-before-acknowledge": ("reader", True),
    "consumer-after-acknowledge": ("reader", False),
}
KILLED = (137, -signal.SIGKILL)


async def _kill(role: str, rig: Rig, random: Random, seconds: float) -> None:
    process = ROLES[role](rig, random)
    before = len(process.deaths)
    process.signal(signal.SIGKILL)
    await _died(process, before)


async def _died(process: Process, before: int) -> None:
    async def dead() -> bool:
        return len(process.deaths) > before

    await seen(dead, f"{process.role} did not die")
    if process.deaths[-1] not in KILLED:
        raise NotHappened(f"{process.role} ended with {process.deaths[-1]}")


async def _die_at(point: str, rig: Rig, random: Random, seconds: float) -> None:
    """Kill the process, so that it starts with its kill point armed, and write until it dies there."""
    role, doubles = POINTS[point]
    process = ROLES[role](rig, random)
    before, suppressed, replayed = len(process.deaths), await rig.suppressed(), rig.replayed
    process.arm(point)
    await _died(process, before)
    await _until_dead(process, before + 1, rig)

    async def second_time() -> bool:
        return await rig.suppressed() > suppressed

    if doubles:
        await seen(second_time, f"no second delivery after {point}")
    if role == "api" and rig.replayed == replayed:
        raise NotHappened("no stored answer was given again")


async def _until_dead(process: Process, before: int, rig: Rig) -> None:
    """Write until the process has reached its kill point: the other replica may take some of the work."""
    async with asyncio.timeout(60):
        while len(process.deaths) == before:
            await rig.write(100, clients=1)
    await _died(process, before)


@fault("reader-freeze", seconds=(0.5, 1, 3))
async def freeze(rig: Rig, random: Random, seconds: float) -> None:
    process = random.choice(rig.readers)
    process.signal(signal.SIGSTOP)
    try:
        await stands_still(process.pid)
        await last(seconds)
    finally:
        process.signal(signal.SIGCONT)


@fault("rolling-restart", weight=2)
async def rolling_restart(rig: Rig, random: Random, seconds: float) -> None:
    """Send SIGTERM to each process in turn. It must leave in order within 25 s."""
    for process in rig.processes:
        await process.ready()
        before = len(process.deaths)
        process.signal(signal.SIGTERM)

        async def gone(process: Process = process, before: int = before) -> bool:
            return len(process.deaths) > before

        await seen(gone, f"{process.role} did not leave within 25 s", seconds=25)
        if process.deaths[-1] != 0:
            raise NotHappened(f"{process.role} left with {process.deaths[-1]}")


for _role in ROLES:
    fault(f"{_role}-kill")(partial(_kill, _role))
for _point in POINTS:
    fault(f"dies-{_point}", weight=3)(partial(_die_at, _point))
