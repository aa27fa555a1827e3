"""The security log: each entry once, for what has happened, without a word that somebody sent."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from shared import security
from shared.errors import MissingPermission, NotFound, ServiceError
from shared.http.api import create_api, create_router
from shared.http.callers import Employee
from shared.http.schemas import Body, Line
from shared.http.session import Session
from shared.ids import uuid7
from shared.settings import ServiceSettings
from shared.telemetry import JsonLines
from tests.factories import records
from tests.factories.callers import bearer
from tests.factories.keys import Keys
from tests.factories.service import client_of

CANARY = "kanariefågel"


class Steps(Body):
    then: Line


class Recorded(ServiceError):
    status = 409
    code = "recorded"
    en = sv = "No, and that is written down."
    keeps_writes = True


OUTCOMES: dict[str, ServiceError] = {
    "kept": Recorded(),
    "undone": NotFound("person"),
    "refused": MissingPermission(required="maintenance: full").note(step="second"),
}


@pytest.fixture(scope="module")
async def client(common_settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    router = create_router("probe")

    @router.post("/v1/probe/{name}")
    async def take_step(name: str, body: Steps, caller: Employee, session: Session) -> None:
        security.note(session, "role_changed", person=caller.user_id, role="user")
        if body.then in OUTCOMES:
            raise OUTCOMES[body.then]

    app = create_api(
        ServiceSettings(**common_settings("billing", database_pool=1), service="billing"), routers=[router]
    )
    async with client_of(app) as client:
        yield client
    await app.state.database.close()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "arende.security")
    monkeypatch.setattr(security, "_minutes", {})
    return caplog


def entries(log: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    lines = [json.loads(JsonLines().format(each)) for each in log.records if each.name == "arende.security"]
    return [{name: line[name] for name in line if name not in ("time", "level", "logger")} for line in lines]


def counted(kind: str) -> float:
    labels = {"service": "billing", "kind": kind}
    return REGISTRY.get_sample_value("arende_security_events_total", labels) or 0


@pytest.mark.parametrize(("then", "told"), [("worked", 1), ("kept", 1), ("undone", 0), ("refused", 0)])
async def test_a_change_is_told_if_it_was_committed(
    client: httpx.AsyncClient, keys: Keys, log: pytest.LogCaptureFixture, then: str, told: int
) -> None:
    asa, before = records.Employee(uuid7()), counted("role_changed")
    await client.post(f"/v1/probe/{CANARY}", json={"then": then}, headers=bearer(keys, asa))
    changes = [entry for entry in entries(log) if entry["message"] == "role_changed"]
    assert [(each["service"], each["person"], each["by"], each["role"]) for each in changes] == [
        ("billing", str(asa.user_id), str(asa.user_id), "user")
    ] * told
    assert counted("role_changed") - before == told


async def test_a_refusal_of_rights_is_told(
    client: httpx.AsyncClient, keys: Keys, log: pytest.LogCaptureFixture
) -> None:
    asa = records.Employee(uuid7())
    answer = await client.post(f"/v1/probe/{CANARY}", json={"then": "refused"}, headers=bearer(keys, asa))
    assert "step" not in answer.json()
    (entry,) = entries(log)
    assert entry == {
        "message": "right_refused",
        "service": "billing",
        "code": "missing_permission",
        "operation": "take_step",
        "person": str(asa.user_id),
        "hat": "employee",
        "hat_id": str(asa.bureau_id),
        "step": "second",
    }


async def test_nothing_that_was_sent_stands_in_it(
    client: httpx.AsyncClient, keys: Keys, log: pytest.LogCaptureFixture
) -> None:
    asa = records.Employee(uuid7(), name=CANARY, email=f"{CANARY}@byran.example")
    forged = {"Authorization": f"Bearer {CANARY}", "User-Agent": CANARY, "X-Forwarded-For": CANARY}
    for headers in (httpx.Headers(bearer(keys, asa)), httpx.Headers(forged, encoding="utf-8")):
        await client.post(f"/v1/probe/{CANARY}?{CANARY}", json={"then": "refused"}, headers=headers)
        await client.post(f"/v1/probe/{CANARY}", json={"then": "refused"}, headers=headers)
    assert {entry["message"] for entry in entries(log)} == {"right_refused", "token_refused"}
    assert CANARY not in json.dumps(entries(log), ensure_ascii=False)


async def test_a_flood_of_refusals_is_counted_and_not_all_logged(
    client: httpx.AsyncClient, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(security, "monotonic", lambda: clock[0])
    before = counted("token_refused")
    for _ in range(security.MOST_LINES + 7):
        await client.post("/v1/probe/x", headers={"Authorization": "Bearer x"})
    assert counted("token_refused") - before == security.MOST_LINES + 7
    assert len(entries(log)) == security.MOST_LINES
    clock[0] += security.PER_SECONDS
    await client.post("/v1/probe/x", headers={"Authorization": "Bearer x"})
    assert [entry.get("left_out") for entry in entries(log)[-2:]] == [None, 7]
