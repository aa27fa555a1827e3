"""Publishing the present state of facts again, so that new or damaged copies in other services are filled."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.bus import outbox
from shared.database.engine import Database
from shared.events import Event

PAGE = 500
# While more events than this wait to be sent, no page is added: what users do now is not held up for long.
MOST_WAITING = 1000
LOOK_AGAIN_SECONDS = 0.1
FIRST = UUID(int=0)


# `await page(session, bureau_id=…, after=…, limit=…)`: the next facts after a key, each with its own key, of
# one bureau, or of all where it is None. The first page comes after None.
Told = Sequence[tuple[Any, Event]]
Page = Callable[..., Awaitable[Told]]
# `await bureaus(session, after=…, limit=…)`: the ids of the next bureaus.
Bureaus = Callable[..., Awaitable[Sequence[UUID]]]


@dataclass(frozen=True)
class Facts:
    """One kind of facts that other services keep copies of, and the `events` that tell their present state.

    `bureaus` is for facts behind the walls: they are read bureau by bureau.
    """

    name: str
    events: tuple[type[Event], ...]
    page: Page
    bureaus: Bureaus | None = None


async def republish(
    database: Database,
    facts: Sequence[Facts],
    *,
    bureau_id: UUID | None = None,
    page: int = PAGE,
    most_waiting: int = MOST_WAITING,
) -> Mapping[str, int]:
    """Publishes all facts, or one bureau's; returns how many of each kind.

    Each page is a transaction, so this can be ended at any moment. It can be run again, or twice at once:
    each event carries the fact's `sequence`, and a copy that is as it should be stays as it is.
    """
    told = dict.fromkeys((kind.name for kind in facts), 0)
    for kind in facts:
        async for bureau in _bureaus(database, kind, bureau_id, page):
            after: Any = None
            while True:
                await _give_way(database, most_waiting)
                async with database.transaction(bureau_id=bureau) as session:
                    found = await kind.page(session, bureau_id=bureau, after=after, limit=page)
                    again = [event.model_copy(update={"republished": True}) for _, event in found]
                    outbox.add(session, *again)
                told[kind.name] += len(found)
                if len(found) < page:
                    break
                after = found[-1][0]
    return told


async def _bureaus(
    database: Database, kind: Facts, bureau_id: UUID | None, page: int
) -> AsyncIterator[UUID | None]:
    if bureau_id is not None or kind.bureaus is None:
        yield bureau_id
        return
    after = FIRST
    while True:
        async with database.transaction() as session:
            found = await kind.bureaus(session, after=after, limit=page)
        for bureau in found:
            yield bureau
        if len(found) < page:
            return
        after = found[-1]


async def _give_way(database: Database, most_waiting: int) -> None:
    while True:
        async with database.transaction() as session:
            if not await outbox.is_longer_than(session, most_waiting):
                return
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
