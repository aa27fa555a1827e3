"""What is counted is counted by labels from closed sets: nothing that somebody sends makes a new one."""

import asyncio
from typing import Any

import pytest
from prometheus_client import generate_latest

from shared.http import middleware
from shared.http.serving import serving
from tests.security.conftest import Apis

ODD = [f"ODD{number}" for number in range(500)]


def series() -> set[bytes]:
    """The names and labels of all that this process has counted."""
    lines = generate_latest().splitlines()
    return {line.rpartition(b" ")[0] for line in lines if not line.startswith(b"#")}


async def test_what_is_sent_makes_no_new_series(clients: Any) -> None:
    client = clients["billing"]

    async def ask(word: str) -> None:
        await client.request(word, "/v1/invoices")
        await client.get(f"/v1/{word}/{word}", headers={word: word, "Accept-Language": word})
        await client.get("/v1/invoices", params={word: word}, headers={"Authorization": f"Bearer {word}"})

    await ask("ODD")
    known, kept = series(), middleware._measures.cache_info().currsize
    for word in ODD:
        await ask(word)
    assert series() == known
    assert middleware._measures.cache_info().currsize == kept
    assert b"ODD" not in generate_latest()


@pytest.mark.parametrize("size", [20, 60_000])
async def test_a_method_that_nobody_knows_ends_at_the_parser(apis: Apis, size: int) -> None:
    async with serving(apis["billing"], host="127.0.0.1", port=0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"A" * size + b" /v1/invoices HTTP/1.1\r\nHost: arende.test\r\n\r\n")
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 400")
