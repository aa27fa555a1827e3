"""Hashing passwords, the most expensive work that anyone may ask for, is bounded in each process."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import httpx
from fastapi.routing import APIRoute, iter_route_contexts

from services.identity.people.dependencies import hashing
from services.identity.settings import Settings
from shared.http.session import transaction
from tests.arende.conftest import Variables
from tests.arende.processes import Running, running
from tests.factories.records import address
from tests.security.conftest import Apis

FLOOD = 40
BUDGET_KIB = Settings.model_fields["password_budget_kib"].default
# What the connections, the requests and the threads take beside the hashes.
REST_KIB = 48 * 1024


async def test_a_flood_of_log_ins(tmp_path: Path, variables: Variables) -> None:
    async with (
        running(tmp_path, "serve", "identity", variables=variables("identity")) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{process.port}", trust_env=False, timeout=60) as client,
    ):
        await log_in(client)
        before = memory_kib(process, "VmRSS")
        flood = asyncio.gather(*(log_in(client) for _ in range(FLOOD)))
        others = [await seconds_of_a_renewal(client) for _ in range(20)]
        answers = await flood
        peak = memory_kib(process, "VmHWM")
    assert peak - before < BUDGET_KIB + REST_KIB
    assert sorted(others)[len(others) // 2] < 0.3
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {401, 503}, statuses
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.json()["code"] for answer in refused} == {"busy"}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)


def memory_kib(process: Running, what: str) -> int:
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what))


async def log_in(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/v1/sessions", json={"email": address(), "password": "en gissning"})


async def seconds_of_a_renewal(client: httpx.AsyncClient) -> float:
    """How long a request takes that reads the database and hashes no password."""
    began = time.perf_counter()
    answer = await client.post("/v1/sessions/refresh", json={"refresh_token": "x" * 43})
    assert answer.status_code == 401
    return time.perf_counter() - began


def test_who_waits_for_a_hash_holds_no_connection(apis: Apis) -> None:
    """Else the first few that wait would use up the pool of connections, and all others wait for them."""
    hashes = []
    for context in iter_route_contexts(apis["identity"].routes):
        if isinstance(context.route, APIRoute):
            calls = [part.call for part in context.route.dependant.dependencies]
            if hashing in calls:
                hashes.append(context.path_format)
                assert calls[0] is hashing, f"{context.path_format}: `passwords` comes first"
                assert transaction in calls
    assert "/v1/sessions" in hashes
