"""HEAD wherever GET is."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.http.api import create_api, create_router
from shared.http.serving import serving
from shared.settings import ServiceSettings
from tests.factories.service import client_of


@pytest.fixture
async def app(common_settings: Any) -> AsyncIterator[FastAPI]:
    router = create_router("probe")

    @router.get("/v1/probe")
    async def get_probe() -> dict[str, str]:
        return {"name": "Bageriet"}

    @router.post("/v1/probe/written")
    async def write_probe() -> None:
        raise AssertionError

    settings = ServiceSettings(**common_settings("billing", database_pool=1), service="billing")
    app = create_api(settings, routers=[router])
    yield app
    await app.state.database.close()


PATHS = ["/v1/probe", "/openapi.json", "/docs", "/v1/probe/written", "/v1/nowhere"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_head_is_the_get_without_its_body(app: FastAPI, path: str) -> None:
    async with client_of(app) as client:
        whole, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.headers, head.content) == (whole.status_code, whole.headers, b"")


async def test_a_server_sends_the_length_of_the_get(app: FastAPI) -> None:
    async with (
        serving(app, host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        head, whole = await client.head("/v1/probe"), await client.get("/v1/probe")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
