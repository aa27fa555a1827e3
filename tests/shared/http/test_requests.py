"""One request is one transaction: what it returns, what it writes, and that walls end with it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from shared.errors import ServiceError
from shared.http.api import create_api, create_router
from shared.http.callers import Employee
from shared.http.schemas import Body, Line
from shared.http.serving import serving
from shared.http.session import Session
from shared.ids import uuid7
from shared.settings import ServiceSettings
from tests.factories import records
from tests.factories.callers import Headers, bearer
from tests.factories.keys import Keys
from tests.factories.service import client_of


class Thing(Body):
    name: Line


class Recorded(ServiceError):
    status = 403
    code = "recorded"
    en = sv = "No, and that is written down."
    keeps_writes = True


class Refused(ServiceError):
    status = 409
    code = "refused"
    en = sv = "No."


INSERT = text("insert into idempotency_keys (caller, key, request_hash) values ('probe', :name, '')")
WRITTEN = text("select count(*) from idempotency_keys where caller = 'probe' and key = :name")


def probe_router() -> Any:
    """Routes that write a row of their own and then go wrong in different ways."""
    router = create_router("probe")

    @router.post("/v1/probe", status_code=201)
    async def write(body: Thing, caller: Employee, session: Session) -> dict[str, str]:
        await session.execute(INSERT, {"name": body.name})
        return {"name": body.name, "id": str(uuid7())}

    @router.post("/v1/probe/refused")
    async def refuse(body: Thing, caller: Employee, session: Session) -> None:
        await session.execute(INSERT, {"name": body.name})
        raise Refused

    @router.post("/v1/probe/recorded")
    async def record(body: Thing, caller: Employee, session: Session) -> None:
        await session.execute(INSERT, {"name": body.name})
        raise Recorded

    @router.post("/v1/probe/lost", status_code=201)
    async def lose(body: Thing, caller: Employee, session: Session) -> dict[str, str]:
        await session.execute(INSERT, {"name": body.name})
        # The connection is gone, and only the commit finds out.
        with pytest.raises(Exception, match="terminat"):
            await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
        return {"name": body.name}

    @router.get("/v1/probe/tenant")
    async def tenant(session: Session) -> dict[str, str | None]:
        return {"bureau": await session.scalar(text("select current_setting('arende.bureau', true)"))}

    return router


@pytest.fixture
async def app(common_settings: Any) -> AsyncIterator[FastAPI]:
    settings = ServiceSettings(**common_settings("billing", database_pool=1), service="billing")
    app = create_api(settings, routers=[probe_router()])
    yield app
    await app.state.database.close()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


async def written(app: FastAPI, name: str) -> int:
    async with app.state.database.transaction() as session:
        return int(await session.scalar(WRITTEN, {"name": name}))


@pytest.fixture
def headers(keys: Keys) -> Headers:
    return bearer(keys, records.Employee(uuid7()))


def fresh() -> dict[str, str]:
    return {"name": str(uuid7())}


async def test_a_commit_that_fails_is_never_answered_as_done(
    app: FastAPI, client: httpx.AsyncClient, headers: Headers
) -> None:
    body = fresh()
    answer = await client.post("/v1/probe/lost", json=body, headers=headers)
    assert answer.status_code >= 500
    assert await written(app, body["name"]) == 0


async def test_a_refusal_leaves_nothing_behind(
    app: FastAPI, client: httpx.AsyncClient, headers: Headers
) -> None:
    body = fresh()
    assert (await client.post("/v1/probe/refused", json=body, headers=headers)).status_code == 409
    assert await written(app, body["name"]) == 0


async def test_a_refusal_that_must_be_recorded_is(
    app: FastAPI, client: httpx.AsyncClient, headers: Headers
) -> None:
    body = fresh()
    answer = await client.post("/v1/probe/recorded", json=body, headers=headers)
    assert answer.status_code == 403
    assert await written(app, body["name"]) == 1


async def test_the_wall_of_one_request_is_gone_in_the_next(
    client: httpx.AsyncClient, headers: Headers
) -> None:
    inside = (await client.get("/v1/probe/tenant", headers=headers)).json()["bureau"]
    outside = (await client.get("/v1/probe/tenant")).json()["bureau"]
    assert inside
    assert not outside


async def test_one_key_has_one_effect_and_one_answer(client: httpx.AsyncClient, headers: Headers) -> None:
    body, keyed = fresh(), {**headers, "Idempotency-Key": str(uuid7())}
    first = await client.post("/v1/probe", json=body, headers=keyed)
    second = await client.post("/v1/probe", json=body, headers=keyed)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    other = await client.post("/v1/probe", json=fresh(), headers=keyed)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_two_requests_at_once_with_one_key_have_one_effect(
    common_settings: Any, headers: Headers
) -> None:
    settings = ServiceSettings(**common_settings("billing"), service="billing")
    app = create_api(settings, routers=[probe_router()])
    keyed, body = {**headers, "Idempotency-Key": str(uuid7())}, fresh()
    async with client_of(app) as client:
        answers = await asyncio.gather(
            *(client.post("/v1/probe", json=body, headers=keyed) for _ in range(5))
        )
    await app.state.database.close()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_refused_request_may_be_tried_again_with_its_key(
    client: httpx.AsyncClient, headers: Headers
) -> None:
    body, keyed = fresh(), {**headers, "Idempotency-Key": str(uuid7())}
    assert (await client.post("/v1/probe/refused", json=body, headers=keyed)).status_code == 409
    assert (await client.post("/v1/probe/refused", json=body, headers=keyed)).status_code == 409


async def test_two_callers_keys_are_their_own(client: httpx.AsyncClient, keys: Keys) -> None:
    key, body = {"Idempotency-Key": str(uuid7())}, fresh()
    one, two = [bearer(keys, records.Employee(uuid7())) for _ in range(2)]
    first = await client.post("/v1/probe", json=body, headers={**one, **key})
    other = await client.post("/v1/probe", json=fresh(), headers={**two, **key})
    assert (first.status_code, other.status_code) == (201, 201)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"[" * 100_000, 422, "invalid_request"),
        (b'{"name": 1}', 422, "invalid_request"),
        (b'{"name": "a", "more": 1}', 422, "invalid_request"),
        (b'{"name": "a\\u0000"}', 422, "invalid_request"),
        (b'{"name": "\\ud800"}', 400, "malformed_json"),
        (b'{"name": "' + b"a" * 1_100_000 + b'"}', 413, "too_large"),
    ],
)
async def test_bad_bodies_have_their_answers(
    client: httpx.AsyncClient, headers: Headers, body: bytes, status: int, code: str
) -> None:
    json_headers = {**headers, "Content-Type": "application/json"}
    answer = await client.post("/v1/probe", content=body, headers=json_headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_without_a_length_is_limited_too(client: httpx.AsyncClient, headers: Headers) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 50_000

    json_headers = {**headers, "Content-Type": "application/json"}
    answer = await client.post("/v1/probe", content=endless(), headers=json_headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_body_of_another_kind_is_refused_unread(client: httpx.AsyncClient, headers: Headers) -> None:
    for kind in ("multipart/form-data; boundary=x", "text/csv"):
        answer = await client.post(
            "/v1/probe", content=b" " * 1_100_000, headers={**headers, "Content-Type": kind}
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_refusals_speak_the_callers_language(client: httpx.AsyncClient) -> None:
    swedish = await client.post("/v1/probe", json=fresh(), headers={"Accept-Language": "sv-SE,en;q=0.5"})
    english = await client.post("/v1/probe", json=fresh(), headers={"Accept-Language": "de, en;q=0.8"})
    assert swedish.json()["detail"].startswith("Logga in")
    assert english.json()["detail"].startswith("Log in")


async def test_an_unreachable_database_is_told_as_such(common_settings: Any, headers: Headers) -> None:
    gone = common_settings("billing", database_url="postgresql+asyncpg://x:x@127.0.0.1:1/x")
    app = create_api(ServiceSettings(**gone, service="billing"), routers=[probe_router()])
    async with client_of(app) as client:
        answer = await client.get("/v1/probe/tenant", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"]
    async with client_of(app.state.management) as client:
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
    await app.state.database.close()


async def test_an_outage_is_one_line_in_the_log(
    common_settings: Any, headers: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    gone = common_settings("billing", database_url="postgresql+asyncpg://x:x@127.0.0.1:1/x")
    app = create_api(ServiceSettings(**gone, service="billing"), routers=[probe_router()])
    async with (
        serving(app, host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        caplog.clear()
        answers = [await client.get("/v1/probe/tenant", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in told] == ["our database can't be used"] * 3
    assert [record.exc_info for record in told] == [None, None, None]


async def test_a_bug_is_one_line_in_the_log_with_its_place(
    common_settings: Any, headers: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    router = create_router("probe")

    @router.get("/v1/probe/bug")
    async def bug() -> None:
        raise KeyError("a bug")

    app = create_api(ServiceSettings(**common_settings("billing"), service="billing"), routers=[router])
    async with (
        serving(app, host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        caplog.clear()
        answer = await client.get("/v1/probe/bug")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    (told,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert told.exc_info is not None
    assert told.exc_info[0] is KeyError
