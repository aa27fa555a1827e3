"""Reactions: typed functions, each with a queue and so with retries, dead letters and a metric of its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Event, family

Call = TypeVar("Call", bound=Callable[[Any, AsyncSession], Awaitable[None]])


@dataclass(frozen=True)
class Reaction:
    """`queue` is its name on the wire, `<service>.<reaction>`; with `batch` it gets many events at once. Only
    one that keeps `copies` gets events that were republished."""

    queue: str
    events: tuple[type[Event], ...]
    call: Callable[[Any, AsyncSession], Awaitable[None]]
    batch: bool
    copies: bool


class Handlers:
    """One service's reactions, each to one kind of event or to all events that share a base class.

    `on` functions run with the event's bureau as tenant; `on_batch` functions keep copies, span bureaus and
    only touch tables that the worker's role may. A reaction that does nothing but keep what an event tells
    has `copies`, and so also takes facts that are told again. `retired` names the former queue of each
    renamed one (`{"track-customers": "track-customer"}`): what is left in it is handled under the new name,
    and nothing is handled twice.
    """

    def __init__(self, service: str, *, retired: Mapping[str, str] | None = None) -> None:
        self.service = service
        self.reactions: dict[str, Reaction] = {}
        self.retired = {
            f"{service}.{former}": f"{service}.{queue}" for former, queue in (retired or {}).items()
        }

    def on(self, *events: type[Event], queue: str, copies: bool = False) -> Callable[[Call], Call]:
        """`async def effect(event: EventClass, session: AsyncSession)`"""
        return self._register(events, queue, batch=False, copies=copies)

    def on_batch(self, *events: type[Event], queue: str, copies: bool = True) -> Callable[[Call], Call]:
        """`async def effect(events: Sequence[EventClass], session: AsyncSession)`"""
        return self._register(events, queue, batch=True, copies=copies)

    def _register(
        self, events: tuple[type[Event], ...], queue: str, *, batch: bool, copies: bool
    ) -> Callable[[Call], Call]:
        declared = tuple(dict.fromkeys(each for kind in events for each in family(kind)))

        def register(function: Call) -> Call:
            self._add(Reaction(f"{self.service}.{queue}", declared, function, batch=batch, copies=copies))
            return function

        return register

    def include(self, other: "Handlers") -> None:
        """Take over the reactions of a room of the same service, and the names that it has retired."""
        for reaction in other.reactions.values():
            self._add(reaction)
        self.retired |= other.retired

    def _add(self, reaction: Reaction) -> None:
        if reaction.queue in self.reactions:
            raise ValueError(f"two reactions on {reaction.queue}")
        self.reactions[reaction.queue] = reaction
