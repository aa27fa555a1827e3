"""The broker ends, freezes, raises an alarm, or closes connections."""

import asyncio
from collections.abc import Callable
from random import Random

from tests.faults.kinds.kind import NotHappened, fault, last, seen, stands_still
from tests.faults.rig import Rig


async def _refuses(port: int) -> None:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    writer.close()
    raise NotHappened("the broker still takes connections")


async def _without_broker(rig: Rig, end: Callable[[], None], seconds: float) -> None:
    """End the broker, and start it again after a while. Meanwhile writes must be accepted."""
    await asyncio.to_thread(end)
    await _refuses(rig.rabbit.port)
    await rig.write(20)
    await last(seconds)
    await asyncio.to_thread(rig.rabbit.restart)


@fault("broker-kill", weight=2, seconds=(0, 0, 0, 1, 5, 5, 72))
async def kill(rig: Rig, random: Random, seconds: float) -> None:
    await _without_broker(rig, rig.rabbit.kill, seconds)


@fault("broker-restart", weight=2, seconds=(0, 0, 2))
async def restart(rig: Rig, random: Random, seconds: float) -> None:
    await _without_broker(rig, rig.rabbit.stop, seconds)


@fault("broker-freeze", weight=2, seconds=(1, 2, 7, 7, 45))
async def freeze(rig: Rig, random: Random, seconds: float) -> None:
    rig.rabbit.freeze()
    try:
        await stands_still(rig.rabbit.pid)
        await rig.write(20)
        await last(seconds)
    finally:
        rig.rabbit.thaw()


async def _alarm(rig: Rig, name: str, *, on: list[str], off: list[str], seconds: float) -> None:
    await asyncio.to_thread(rig.rabbit.ctl, *on)
    try:
        alarms = await asyncio.to_thread(rig.rabbit.ctl, "eval", "rabbit_alarm:get_alarms().")
        if name not in alarms:
            raise NotHappened(f"no {name} alarm: {alarms}")
        await rig.write(20)
        await last(seconds)
    finally:
        await asyncio.to_thread(rig.rabbit.ctl, *off)


@fault("broker-memory-alarm", seconds=(0, 1, 6))
async def memory_alarm(rig: Rig, random: Random, seconds: float) -> None:
    on, off = ["set_vm_memory_high_watermark", "0.000001"], ["set_vm_memory_high_watermark", "0.4"]
    await _alarm(rig, "memory", on=on, off=off, seconds=seconds)


@fault("broker-disk-alarm", seconds=(0, 1, 6))
async def disk_alarm(rig: Rig, random: Random, seconds: float) -> None:
    on, off = ["set_disk_free_limit", "100000000000000"], ["set_disk_free_limit", "50MB"]
    await _alarm(rig, "disk", on=on, off=off, seconds=seconds)


@fault("broker-closes-connections")
async def close_connections(rig: Rig, random: Random, seconds: float) -> None:
    before = await _connections(rig)
    if not before:
        raise NotHappened("there was no connection to close")
    await asyncio.to_thread(rig.rabbit.ctl, "close_all_connections", "fault")

    async def others() -> bool:
        now = await _connections(rig)
        return bool(now) and not before & now

    await seen(others, "no other connections came")


async def _connections(rig: Rig) -> set[str]:
    return set((await asyncio.to_thread(rig.rabbit.ctl, "list_connections", "pid", "--silent")).split())
