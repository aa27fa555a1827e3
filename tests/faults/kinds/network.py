"""Connections to a server are cut, refused, stalled, slow, or half open."""

from collections.abc import Callable
from random import Random

from tests.faults.kinds.kind import NotHappened, fault, last, seen
from tests.faults.proxy import Mode, TcpProxy
from tests.faults.rig import Rig

WAYS: dict[str, Callable[[Rig], TcpProxy]] = {
    "broker": lambda rig: rig.broker,
    "database": lambda rig: rig.database,
}


def _register(server: str, way: Callable[[Rig], TcpProxy]) -> None:
    @fault(f"{server}-connections-cut")
    async def cut(rig: Rig, random: Random, seconds: float) -> None:
        await _to_connections(way(rig).cut)

    @fault(f"{server}-connections-refused", seconds=(2, 2, 4))
    async def refuse(rig: Rig, random: Random, seconds: float) -> None:
        await _for_a_while(way(rig), "refuse", seconds)

    @fault(f"{server}-stalled", seconds=(0.5, 1, 7))
    async def stall(rig: Rig, random: Random, seconds: float) -> None:
        await _for_a_while(way(rig), "stall", seconds)

    @fault(f"{server}-slow", seconds=(1, 3))
    async def slow(rig: Rig, random: Random, seconds: float) -> None:
        await _for_a_while(way(rig), "delay", seconds)

    @fault(f"{server}-half-open", weight=1)
    async def half_open(rig: Rig, random: Random, seconds: float) -> None:
        await _to_connections(way(rig).half_open)


async def _to_connections(do: Callable[[], int]) -> None:
    """Do it as soon as there are connections: the fault before this one may have ended them."""

    async def done() -> int:
        return do()

    await seen(done, "there was no connection", seconds=30)


async def _for_a_while(proxy: TcpProxy, mode: Mode, seconds: float) -> None:
    before = proxy.hindered
    proxy.set(mode)
    try:
        if mode == "refuse":
            proxy.cut()
        await last(seconds)
    finally:
        proxy.set("pass")
    if proxy.hindered == before:
        raise NotHappened(f"nothing was hindered by {mode}")


for _server, _way in WAYS.items():
    _register(_server, _way)
