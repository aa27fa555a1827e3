"""Refresh tokens renew a log-in, each of them once."""

import asyncio

import httpx

from shared.ids import uuid7
from shared.tokens import TokenKeys
from tests.factories.keys import ISSUER, Keys
from tests.factories.people import Person
from tests.factories.records import Bureau
from tests.factories.service import Service


async def refresh(service: Service, token: str) -> httpx.Response:
    return await service.client.post("/v1/sessions/refresh", json={"refresh_token": token})


async def successor(service: Service, token: str) -> str:
    answer = await refresh(service, token)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


async def has_ended(service: Service, token: str) -> bool:
    answer = await refresh(service, token)
    return (answer.status_code, answer.json().get("code")) == (401, "session_ended")


async def test_a_token_that_is_sent_again_has_the_same_successor(service: Service, person: Person) -> None:
    first = person.session["refresh_token"]
    second = await successor(service, first)
    assert second != first
    assert [await successor(service, first) for _ in range(2)] == [second, second]
    third = await successor(service, second)
    assert await successor(service, second) == third
    assert await has_ended(service, "never given out")


async def test_a_use_after_the_successors_ends_the_session(service: Service, person: Person) -> None:
    first = person.session["refresh_token"]
    third = await successor(service, await successor(service, first))
    assert await has_ended(service, first)
    assert await has_ended(service, third)


async def test_a_late_second_use_ends_the_session(service: Service, person: Person) -> None:
    first = person.session["refresh_token"]
    second = await successor(service, first)
    await service.rows(
        "update refresh_tokens set used_at = used_at - interval '30 seconds'"
        " where session_id = cast(:id as uuid) returning 1",
        id=person.session["session_id"],
    )
    assert await has_ended(service, first)
    assert await has_ended(service, second)
    assert (await person.get("/v1/me")).status_code == 401


async def test_refreshes_at_once_cost_no_log_in(service: Service, person: Person) -> None:
    token = person.session["refresh_token"]
    for _ in range(3):
        (token,) = set(await asyncio.gather(*(successor(service, token) for _ in range(5))))
    tokens = await service.rows(
        "select 1 from refresh_tokens where session_id = cast(:id as uuid)", id=person.session["session_id"]
    )
    assert len(tokens) == 4
    assert not await has_ended(service, token)


async def test_a_refresh_keeps_the_hat_or_takes_another(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    session = await admin.log_in()
    body = {"refresh_token": session["refresh_token"], "act_as": {"account_id": str(uuid7())}}
    assert (await service.client.post("/v1/sessions/refresh", json=body)).status_code == 403
    body["act_as"] = {"bureau_id": str(bureau.id)}
    session = (await service.client.post("/v1/sessions/refresh", json=body)).json()
    assert session["hat"]["bureau_id"] == str(bureau.id)
    body = {"refresh_token": session["refresh_token"]}
    assert (await service.client.post("/v1/sessions/refresh", json=body)).json()["hat"]["bureau_id"] == str(
        bureau.id
    )


async def test_a_renewed_token_says_how_the_person_logged_in(
    service: Service, person: Person, keys: Keys
) -> None:
    body = {"refresh_token": person.session["refresh_token"]}
    renewed = (await service.client.post("/v1/sessions/refresh", json=body)).json()
    for tokens in (person.session, renewed):
        principal = TokenKeys(keys.public_file, ISSUER).verify(tokens["access_token"])
        assert principal.amr == ("pwd",)
