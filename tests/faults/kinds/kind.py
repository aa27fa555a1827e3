"""A fault is a named function that returns only if the fault has really happened."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.conftest import within
from tests.faults.rig import Rig, state_of

Apply = Callable[[Rig, Random, float], Coroutine[Any, Any, None]]


class NotHappened(AssertionError):
    """The fault was applied, but had no effect."""


@dataclass(frozen=True)
class Fault:
    """`weight` says how often a plan chooses it, compared with others. `seconds` are the durations that a
    plan chooses from."""

    kind: str
    apply: Apply
    weight: int = 4
    seconds: tuple[float, ...] = (0.0,)


KINDS: dict[str, Fault] = {}


def fault(kind: str, *, weight: int = 4, seconds: tuple[float, ...] = (0.0,)) -> Callable[[Apply], Apply]:
    """Registers `async def apply(rig, random, seconds)`, which raises NotHappened."""

    def register(apply: Apply) -> Apply:
        KINDS[kind] = Fault(kind, apply, weight, seconds)
        return apply

    return register


async def seen(condition: Callable[[], Awaitable[object]], what: str, *, seconds: float = 60) -> None:
    if not await within(seconds, condition):
        raise NotHappened(what)


async def stands_still(pid: int) -> None:
    """Wait until the kernel has stopped the process (SIGSTOP)."""

    async def stopped() -> bool:
        return state_of(pid) == "T"

    await seen(stopped, f"process {pid} was not stopped", seconds=5)


async def last(seconds: float) -> None:
    """Let the fault last: its duration is part of it."""
    await asyncio.sleep(seconds)
