"""Registering reactions: single events, and families of them by their base class."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.handlers import Handlers
from shared.events import Event
from shared.events.identity import (
    CustomerChanged,
    CustomerDeactivated,
    CustomerEvent,
    CustomerReactivated,
    CustomerRegistered,
    MainContactChanged,
)

FAMILY = {CustomerRegistered, CustomerChanged, CustomerDeactivated, CustomerReactivated}


async def _nothing(events: Any, session: AsyncSession) -> None: ...


def events_of(handlers: Handlers) -> Sequence[type[Event]]:
    (reaction,) = handlers.reactions.values()
    return reaction.events


def test_a_base_class_stands_for_all_events_that_are_derived_from_it() -> None:
    batched, single = Handlers("billing"), Handlers("billing")
    batched.on_batch(CustomerEvent, queue="track-customer")(_nothing)
    single.on(CustomerEvent, queue="track-customer")(_nothing)
    assert set(events_of(batched)) == set(events_of(single)) == FAMILY


def test_a_base_class_and_single_events_may_stand_together() -> None:
    handlers = Handlers("billing")
    handlers.on(CustomerEvent, MainContactChanged, CustomerChanged, queue="track-customer")(_nothing)
    assert set(events_of(handlers)) == FAMILY | {MainContactChanged}
    assert len(events_of(handlers)) == len(FAMILY) + 1


def test_a_base_class_without_events_is_a_mistake() -> None:
    class Unpublished(Event):
        subject = "bureau_id"

    with pytest.raises(TypeError, match="Unpublished"):
        Handlers("billing").on(Unpublished, queue="nothing")


def test_two_reactions_on_one_queue_are_a_mistake() -> None:
    handlers, other = Handlers("billing"), Handlers("billing")
    handlers.on(CustomerChanged, queue="track-customer")(_nothing)
    other.on(MainContactChanged, queue="track-customer")(_nothing)
    with pytest.raises(ValueError, match=r"billing\.track-customer"):
        handlers.include(other)


def test_retired_names_come_along_with_a_rooms_reactions() -> None:
    room, service = Handlers("cases", retired={"track-customers": "track-customer"}), Handlers("cases")
    service.include(room)
    assert service.retired == {"cases.track-customers": "cases.track-customer"}
