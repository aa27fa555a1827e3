"""Each answer, whatever it is, keeps itself out of caches and addresses out of `Referer`."""

from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from arende.local.front import Front, local_app
from arende.registry import SERVICES
from shared.http.management import create_management
from tests.factories.keys import Keys
from tests.security.conftest import Apis
from tests.security.forgeries import signed

SAFE = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000",
}
LIST = {
    "identity": "/v1/employees",
    "invitations": "/v1/invitations",
    "cases": "/v1/cases",
    "billing": "/v1/invoices",
    "notifications": "/v1/notifications",
}
REQUESTS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "a list": ("GET", "{list}", {}, 200),
    "a head": ("HEAD", "{list}", {}, 200),
    "the document": ("GET", "/openapi.json", {}, 200),
    "no such route": ("GET", "/v1/nowhere", {}, 404),
    "no such method": ("PATCH", "{list}", {}, 405),
    "NUL in the address": ("GET", "/v1/%00", {}, 400),
    "an unknown parameter": ("GET", "{list}?oddity=1", {}, 422),
    "a forged token": ("GET", "{list}", {"headers": {"Authorization": "Bearer x"}}, 401),
}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("service", SERVICES)
async def test_an_answer_is_safe(clients: Any, keys: Keys, service: str, name: str) -> None:
    method, path, options, status = REQUESTS[name]
    headers = {"Authorization": f"Bearer {signed(keys.key)}", **options.get("headers", {})}
    answer = await clients[service].request(method, path.format(list=LIST[service]), headers=headers)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    assert "server" not in answer.headers


async def test_what_is_meant_to_be_kept_says_so(clients: Any) -> None:
    keys = await clients["identity"].get("/.well-known/jwks.json")
    script = await clients["cases"].get("/docs/assets/swagger-ui-bundle.js")
    assert keys.headers["cache-control"] == "public, max-age=300"
    assert script.headers["cache-control"] == "public, max-age=3600"
    assert keys.headers["x-content-type-options"] == script.headers["x-content-type-options"] == "nosniff"


async def test_the_page_of_the_document_runs_its_own_scripts_only(clients: Any) -> None:
    answer = await clients["cases"].get("/docs")
    policy = answer.headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert answer.headers["cache-control"] == "no-store"
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in scripts


@pytest.mark.parametrize(
    "path", ["{list}/", "/docs/", "/docs/assets", "//evil.example/", "/%2F%2Fevil.example/"]
)
@pytest.mark.parametrize("service", SERVICES)
async def test_no_answer_repeats_the_host(clients: Any, service: str, path: str) -> None:
    path = path.format(list=LIST[service])
    answer = await clients[service].get(f"http://arende.test{path}", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize("path", ["/mails/", "/docs/", "/docs/assets", "/v1/cases/", "/openapi.json/"])
async def test_the_local_front_repeats_no_host(apis: Apis, path: str) -> None:
    pages = APIRouter()
    pages.add_api_route("/mails", lambda: "mails")
    transport = httpx.ASGITransport(app=Front(apis, local_app(apis, [pages])))
    async with httpx.AsyncClient(transport=transport, base_url="http://arende.test") as client:
        answer = await client.get(path, headers={"Host": "evil.example"})
        known = await client.get("/mails")
    assert (answer.status_code, "location" in answer.headers) == (404, False)
    assert known.headers["cache-control"] == "no-store"


async def test_the_management_port_repeats_no_host(apis: Apis) -> None:
    transport = httpx.ASGITransport(app=create_management(apis["cases"].state.database))
    async with httpx.AsyncClient(transport=transport, base_url="http://arende.test") as client:
        answer = await client.get("/metrics/", headers={"Host": "evil.example"})
    assert (answer.status_code, "location" in answer.headers) == (404, False)
