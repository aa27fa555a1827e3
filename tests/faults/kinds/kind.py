"""What a fault is: a named function that returns only if it really happened."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.conftest import within
from tests.faults.rig import Rig, state_of

Apply = Callable[[Rig, Random, float], Coroutine[Any, Any, None]]


class NotHappened(AssertionError):
    """The fault was applied, but what it is to cause was not seen."""


@dataclass(frozen=True)
class Fault:
    """`weight`: how often a plan takes it, against others. `seconds`: how long it may last, at most,
    where it lasts at all."""

    kind: str
    apply: Apply
    weight: int = 4
    seconds: tuple[float, ...] = (0.0,)


KINDS: dict[str, Fault] = {}


def fault(kind: str, *, weight: int = 4, seconds: tuple[float, ...] = (0.0,)) -> Callable[[Apply], Apply]:
    """`async def apply(rig, random, seconds)`; raises NotHappened."""

    def register(apply: Apply) -> Apply:
        KINDS[kind] = Fault(kind, apply, weight, seconds)
        return apply

    return register


async def seen(condition: Callable[[], Awaitable[object]], what: str, *, seconds: float = 60) -> None:
    if not await within(seconds, condition):
        raise NotHappened(what)


async def stands_still(pid: int) -> None:
    """The kernel says that this process was stopped (SIGSTOP)."""

    async def stopped() -> bool:
        return state_of(pid) == "T"

    await seen(stopped, f"process {pid} was not stopped", seconds=5)


async def last(seconds: float) -> None:
    """A fault's own length, which is part of what it is."""
    await asyncio.sleep(seconds)
