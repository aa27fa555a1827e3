"""What messages that can't be handled cost the others in their queue."""

import itertools
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from bench import events
from bench.measure import Figure, alternate
from bench.servers import Servers
from shared.bus.handlers import Handlers
from shared.events.billing import CaseManagementActivated

# One message in so many can't be handled: in turn it is unreadable, or its reaction fails.
RARITY = 1000
FAILING = date(1900, 1, 1)

handlers = Handlers("billing")


@handlers.on(events.EVENT, queue="bench-poison")
async def keep_or_fail(event: CaseManagementActivated, session: AsyncSession) -> None:
    await events.keep_one(event, session)
    if event.activated_on == FAILING:
        raise ValueError("as it is meant to")


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    rounds, number = (2, 3_000) if quick else (5, 20_000)
    await events.prepare(servers, handlers)

    async def poisoned() -> float:
        count = itertools.count(1)
        await events.fill_queue(servers, number, lambda event: _poisoned(event, next(count)))
        done = await events.rate_of_consuming(servers, handlers, number)
        kept = await servers.value("billing", "select count(*) from dead_letters")
        if kept != number // RARITY:
            raise RuntimeError(f"{kept} of {number // RARITY} are kept")
        await servers.execute("billing", "truncate dead_letters")
        return done

    async def clean() -> float:
        await events.fill_queue(servers, number)
        return await events.rate_of_consuming(servers, handlers, number)

    sides = {"with poison": poisoned, "without": clean}
    done = await alternate(sides, rounds=rounds, processes=servers.processes)
    return [
        done.figure(
            "consumer_beside_poison",
            group="bus",
            must=0.9,
            aim=0.95,
            better="higher",
            reference=f"the same consumer without any, against one in {RARITY:,} that is unreadable or fails",
            bound_by="what came before a failing event in its batch is done twice, and three commits more",
        )
    ]


def _poisoned(event: CaseManagementActivated, number: int) -> bytes:
    if number % (2 * RARITY) == 0:
        return b"{" + str(number).encode().ljust(events.BYTES - 1, b"x")  # no two are alike
    failing = number % RARITY == 0
    return events.body_of(event.model_copy(update={"activated_on": FAILING}) if failing else event)
