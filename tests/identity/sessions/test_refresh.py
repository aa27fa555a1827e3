"""Refresh tokens renew a log-in, each of them once."""

import asyncio

import httpx

from shared.ids import uuid7
from shared.tokens import TokenKeys
from tests.factories.keys import ISSUER, Keys
from tests.factories.people import Person
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_a_refresh_token_is_used_once(service: Service, person: Person) -> None:
    async def refresh(token: str) -> httpx.Response:
        return await service.client.post("/v1/sessions/refresh", json={"refresh_token": token})

    first = person.session["refresh_token"]
    second = (await refresh(first)).json()["refresh_token"]
    third = (await refresh(second)).json()["refresh_token"]
    stolen = await refresh(second)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "session_ended")
    assert (await refresh(third)).json()["code"] == "session_ended"
    assert (await refresh("never given out")).status_code == 401


async def test_of_two_refreshes_at_once_one_ends_the_session(service: Service, person: Person) -> None:
    body = {"refresh_token": person.session["refresh_token"]}
    both = await asyncio.gather(*(service.client.post("/v1/sessions/refresh", json=body) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 401]
    (fresh,) = (answer.json()["refresh_token"] for answer in both if answer.is_success)
    answer = await service.client.post("/v1/sessions/refresh", json={"refresh_token": fresh})
    assert answer.json()["code"] == "session_ended"


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
