"""Reactions: typed functions, each with a queue of its own, so own retries, dead letters and metric."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Event

Call = TypeVar("Call", bound=Callable[[Any, AsyncSession], Awaitable[None]])


@dataclass(frozen=True)
class Reaction:
    """`queue` is its name on the wire, `<service>.<reaction>`; `batch` ones get many events at once."""

    queue: str
    events: tuple[type[Event], ...]
    call: Callable[[Any, AsyncSession], Awaitable[None]]
    batch: bool


class Handlers:
    """One service's reactions. `on` functions run with the event's bureau as tenant; `on_batch`
    functions keep copies, span bureaus and only touch tables that the worker's role may."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.reactions: dict[str, Reaction] = {}

    def on(self, *events: type[Event], queue: str) -> Callable[[Call], Call]:
        """`async def effect(event: EventClass, session: AsyncSession)`"""

        def register(function: Call) -> Call:
            self._add(Reaction(f"{self.service}.{queue}", events, function, batch=False))
            return function

        return register

    def on_batch(self, *events: type[Event], queue: str) -> Callable[[Call], Call]:
        """`async def effect(events: Sequence[EventClass], session: AsyncSession)`"""

        def register(function: Call) -> Call:
            self._add(Reaction(f"{self.service}.{queue}", events, function, batch=True))
            return function

        return register

    def include(self, other: "Handlers") -> None:
        for reaction in other.reactions.values():
            self._add(reaction)

    def _add(self, reaction: Reaction) -> None:
        if reaction.queue in self.reactions:
            raise ValueError(f"two reactions on {reaction.queue}")
        self.reactions[reaction.queue] = reaction
