"""Waiting for a server: at start-up until it is there, and between attempts while the process runs."""

import asyncio
import threading
from pathlib import Path

import pytest
from asyncpg.exceptions import CannotConnectNowError, PostgresError, TooManyConnectionsError
from sqlalchemy.exc import DBAPIError

from arende.databases import Databases
from arende.local.postgres import PostgresServer
from arende.local.system import free_port
from shared import patience
from shared.database import migrations


async def test_migrating_waits_for_a_server_that_comes_later(tmp_path: Path) -> None:
    port = free_port()
    server = await asyncio.to_thread(PostgresServer.start, tmp_path / "data", port=port)
    databases = Databases(server.url, secret="patience")
    await databases.provision()
    await asyncio.to_thread(server.stop)
    url = databases.url("billing", "owner")
    migrating = threading.Thread(target=migrations.upgrade, args=("billing", url))
    migrating.start()
    again = await asyncio.to_thread(PostgresServer.start, tmp_path / "data", port=port)
    try:
        await asyncio.to_thread(migrating.join, 30)
        assert not migrating.is_alive()
    finally:
        await asyncio.to_thread(again.stop)


def test_it_gives_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    @patience.patiently
    def never() -> None:
        nonlocal calls
        calls += 1
        raise ConnectionRefusedError

    never.retry.stop = lambda state: state.attempt_number >= 2
    with pytest.raises(ConnectionRefusedError):
        never()
    assert calls == 2


@pytest.mark.parametrize("error", [CannotConnectNowError, TooManyConnectionsError])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_server_that_is_there_and_not_ready_is_waited_for(
    error: type[PostgresError], *, wrapped: bool
) -> None:
    driver = error("not now")
    answers = iter([DBAPIError(None, None, driver) if wrapped else driver, None])

    @patience.patiently
    def ready_at_the_second_try() -> None:
        if (refused := next(answers)) is not None:
            raise refused

    ready_at_the_second_try()
    assert next(answers, "asked twice") == "asked twice"


def test_what_waiting_does_not_help_is_raised_at_once() -> None:
    @patience.patiently
    def wrong() -> None:
        raise KeyError("wrong")

    with pytest.raises(KeyError, match="wrong"):
        wrong()


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def paused(pauses: patience.Pauses, clock: Clock) -> float:
    """An attempt that fails at once, and the pause after it."""
    seconds = pauses.next()
    clock.now += seconds
    return seconds


def test_pauses_differ_and_have_an_upper_bound() -> None:
    clock = Clock()
    rows = [patience.Pauses(clock) for _ in range(200)]
    seconds = [[paused(pauses, clock) for _ in range(8)] for pauses in rows]
    assert max(row[0] for row in seconds) <= 1.0
    assert 1.0 < max(row[1] for row in seconds) <= 2.0
    assert 2.0 < max(max(row) for row in seconds) <= patience.LONGEST_PAUSE
    assert min(min(row) for row in seconds) >= 0.1
    assert len({row[0] for row in seconds}) > 100


def test_a_failure_after_a_while_of_work_is_the_first_of_a_row() -> None:
    clock = Clock()
    rows = [patience.Pauses(clock) for _ in range(200)]
    for pauses in rows:
        for _ in range(8):
            paused(pauses, clock)
    clock.now += 2 * patience.LONGEST_PAUSE
    assert max(pauses.next() for pauses in rows) <= 1.0


async def test_a_pause_ends_with_the_signal_to_stop() -> None:
    stop, pauses = asyncio.Event(), patience.Pauses()
    waiting = asyncio.create_task(pauses.wait(stop))
    stop.set()
    async with asyncio.timeout(1):
        assert await waiting
