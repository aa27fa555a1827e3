"""Files pass the virus scanner before they are kept, and none is received without its word."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.cases.main import api
from services.cases.settings import Settings
from tests.factories.callers import refusal
from tests.factories.cases import Colleague, Counterpart, events_about, files_in, open_case, upload
from tests.factories.service import client_of
from tests.servers.clamd import EICAR, Clamd

Scanned = Callable[..., AbstractAsyncContextManager[Colleague]]


@pytest.fixture(scope="session")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    server = Clamd.start(tmp_path_factory.mktemp("clamd"))
    yield server
    server.stop()


@pytest.fixture
def scanned(common_settings: Any, settings: Settings, anna: Colleague) -> Scanned:
    """Anna, at an API with this scanner."""

    @asynccontextmanager
    async def at(clamd: str, **others: Any) -> AsyncIterator[Colleague]:
        given = common_settings("cases", files_folder=settings.files_folder, clamd=clamd, **others)
        app = api(Settings(**given))
        async with client_of(app) as client:
            yield replace(anna, client=client)
        await app.state.database.close()

    return at


@pytest.mark.servers
async def test_what_the_scanner_finds_is_not_kept(
    service: Any, scanned: Scanned, clamd: Clamd, customer: Counterpart, folder: Path, caplog: Any
) -> None:
    async with scanned(clamd.address) as anna:
        case = await open_case(anna, customer)
        before = files_in(folder)
        with caplog.at_level(logging.WARNING):
            infected = await upload(anna, case, EICAR, name="191212121212.txt")
        assert refusal(infected) == (422, "file_infected")
        assert files_in(folder) == before
        assert (await anna.read(f"/v1/cases/{case['id']}/files"))["items"] == []
        (event,) = [each for each in await events_about(service, case) if "quarantined" in each.type]
        assert (event.type, event.actor_id) == ("se.arende.file.quarantined.v1", anna.user_id)
        told = event.to_wire().decode() + str([vars(record) for record in caplog.records])
        assert "Test.Eicar" in told
        assert "191212121212" not in told
        assert (await upload(anna, case, b"Summa 100 kr")).status_code == 201


@pytest.mark.servers
async def test_a_stranger_learns_nothing_of_a_case_by_an_infected_file(
    service: Any, scanned: Scanned, clamd: Clamd, customer: Counterpart, other_admin: Any
) -> None:
    async with scanned(clamd.address) as anna:
        case = await open_case(anna, customer)
        stranger = replace(other_admin, client=anna.client)
        assert refusal(await upload(stranger, case, EICAR)) == (404, "not_found")
        assert "quarantined" not in str([each.type for each in await events_about(service, case)])


@pytest.mark.servers
async def test_a_file_beyond_the_scanners_limit_is_not_received(
    scanned: Scanned, clamd: Clamd, customer: Counterpart
) -> None:
    async with scanned(clamd.address) as anna:
        case = await open_case(anna, customer)
        large = await upload(anna, case, b"Summa 100 kr" * 200_000)
        assert refusal(large) == (503, "scanner_unavailable")


async def _closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...


async def _junk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nstream: OK\0")


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"stream: " * 1000)
        await writer.drain()


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@asynccontextmanager
async def scanner(answer: Any) -> AsyncIterator[str]:
    """The address of a server that answers like this."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await answer(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("answer", [_closes, _junk, _endless, _silent])
async def test_without_the_scanners_word_no_file_is_received(
    scanned: Scanned, customer: Counterpart, folder: Path, answer: Any
) -> None:
    async with scanner(answer) as address, scanned(address, scan_seconds=0.2) as anna:
        case = await open_case(anna, customer)
        before = files_in(folder)
        answered = await upload(anna, case)
        assert refusal(answered) == (503, "scanner_unavailable")
        assert int(answered.headers["retry-after"]) > 0
        assert files_in(folder) == before


@pytest.mark.parametrize("clamd", ["127.0.0.1:1", "/nowhere/clamd.sock"])
async def test_a_scanner_that_is_down(scanned: Scanned, customer: Counterpart, clamd: str) -> None:
    async with scanned(clamd) as anna:
        case = await open_case(anna, customer)
        assert refusal(await upload(anna, case)) == (503, "scanner_unavailable")
