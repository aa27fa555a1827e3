"""What runs once at start-up waits for its server."""

import asyncio
import threading
from pathlib import Path

import pytest
from asyncpg.exceptions import CannotConnectNowError, PostgresError, TooManyConnectionsError
from sqlalchemy.exc import DBAPIError

from arende.local.postgres import PostgresServer
from arende.local.system import free_port
from arende.provision import Databases
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


def test_what_waiting_does_not_mend_is_raised_at_once() -> None:
    @patience.patiently
    def wrong() -> None:
        raise KeyError("wrong")

    with pytest.raises(KeyError, match="wrong"):
        wrong()
