"""A backlog of a million events: the relay's rate does not fall with the number that waits."""

import time

from bench import events
from bench.measure import Figure, Stopwatch, alternate
from bench.servers import Servers
from shared.bus.relay import Relay


async def figures(servers: Servers, *, quick: bool) -> list[Figure]:
    waiting, rounds, measured = (100_000, 2, 5_000) if quick else (1_000_000, 5, 20_000)
    await events.prepare(servers, events.batched)
    sender = events.relay_of(servers)

    async def with_a_thousand() -> float:
        """Send the same number of events, a thousand at a time. Writing them is not part of the time."""
        await _set_aside(servers)
        seconds, sent = 0.0, 0
        while sent < measured:
            await events.fill_outbox(servers, 1000)
            with Stopwatch() as watch:
                sent += await events.send_all(sender)
            seconds += watch.seconds
        await _put_back(servers)
        return sent / seconds

    async def with_a_backlog() -> float:
        with Stopwatch() as watch:
            sent = await events.send_all(sender, at_most=measured)
        return sent / watch.seconds

    await events.fill_outbox(servers, waiting)
    sides = {"backlog": with_a_backlog, "a thousand": with_a_thousand}
    done = await alternate(sides, rounds=rounds, processes=servers.processes)
    curve = await _drain(sender)
    await events.end(sender)
    return [
        done.figure(
            "relay_with_backlog",
            group="backlog",
            must=0.8,
            aim=0.95,
            better="higher",
            reference=f"the relay's own rate with a thousand rows, against {waiting:,} waiting",
            bound_by="the same as the relay without a backlog; the claim reads 500 rows from the key's end",
            curve=curve,
        )
    ]


async def _set_aside(servers: Servers) -> None:
    """Put the backlog into another table, so that only the thousand wait in the outbox."""
    await servers.execute("identity", "alter table outbox rename to outbox_backlog")
    await servers.execute("identity", "create table outbox (like outbox_backlog including all)")
    await servers.execute("identity", "grant all on outbox to arende_identity_worker")


async def _put_back(servers: Servers) -> None:
    await servers.execute("identity", "drop table outbox")
    await servers.execute("identity", "alter table outbox_backlog rename to outbox")


async def _drain(sender: Relay) -> list[tuple[float, float]]:
    """Send all that waits. Returns (seconds since the start, events a second) after each 10,000."""
    curve: list[tuple[float, float]] = []
    began = time.perf_counter()
    while True:
        with Stopwatch() as watch:
            sent = await events.send_all(sender, at_most=10_000)
        if sent:
            curve.append((time.perf_counter() - began, sent / watch.seconds))
        if sent < 10_000:
            return curve
