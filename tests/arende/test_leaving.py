"""After SIGTERM a process is not ready first, still serves requests meanwhile, and finishes its work."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from arende import process
from tests.arende.conftest import Variables
from tests.arende.processes import Running, running
from tests.conftest import eventually

DRAIN_SECONDS = 2.0


async def says_that_it_leaves(found: Running) -> None:
    async def unready() -> bool:
        return await found.readiness() == 503

    await eventually(unready)


async def test_an_api_says_that_it_leaves_and_answers_meanwhile(tmp_path: Path, variables: Variables) -> None:
    own = variables("cases", drain_seconds=DRAIN_SECONDS)
    async with (
        running(tmp_path, "serve", "cases", variables=own) as api,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{api.port}", trust_env=False) as client,
    ):
        assert (await client.get("/v1/cases")).status_code == 401
        began = time.monotonic()
        leaving = asyncio.create_task(api.leave())
        await says_that_it_leaves(api)
        assert [(await client.get("/v1/cases")).status_code for _ in range(5)] == [401] * 5
        assert await leaving == 0
        assert time.monotonic() - began >= DRAIN_SECONDS
        assert await api.readiness() == 0
        with pytest.raises(httpx.ConnectError):
            await client.get("/v1/cases")


async def test_a_request_that_was_begun_is_answered(tmp_path: Path, variables: Variables) -> None:
    body = b'{"subject": "Kvitto saknas"}'
    head = (
        f"POST /v1/cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    )
    async with running(tmp_path, "serve", "cases", variables=variables("cases")) as api:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(head.encode() + b"\r\n\r\n" + body[:10])
        await writer.drain()
        leaving = asyncio.create_task(api.leave())

        async def accepts_no_more() -> bool:
            try:
                _, another = await asyncio.open_connection("127.0.0.1", api.port)
            except ConnectionRefusedError:
                return True
            another.close()
            return False

        await eventually(accepts_no_more)
        writer.write(body[10:])
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
        writer.close()
        assert await leaving == 0


async def test_what_does_not_finish_in_time_is_broken_off(caplog: pytest.LogCaptureFixture) -> None:
    hanging = asyncio.create_task(asyncio.Event().wait())
    await process.finished(hanging, seconds=0.01)
    with pytest.raises(asyncio.CancelledError):
        await hanging
    assert "leaves before all that was begun is done" in caplog.messages


async def test_what_finishes_in_time_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    short = asyncio.create_task(asyncio.sleep(0, result="done"))
    await process.finished(short, seconds=10)
    assert await short == "done"
    assert caplog.messages == []
