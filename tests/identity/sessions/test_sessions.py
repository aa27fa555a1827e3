"""Logging in, going on, logging out, and the limits on guessing."""

import json
import time

import pytest

from services.identity.people.commands import ensure_operator
from shared.clock import utcnow
from shared.encoding import decode
from shared.ids import uuid7
from shared.tokens import TokenKeys
from tests.factories.keys import ISSUER, Keys
from tests.factories.people import PASSWORD, Person, sign_up
from tests.factories.records import Bureau, address
from tests.factories.service import Service
from tests.identity.conftest import OPERATOR


async def test_a_log_in_without_a_hat_lists_the_hats(bureau: Bureau, admin: Person, keys: Keys) -> None:
    session = await admin.log_in()
    assert session["hat"] is None
    (hat,) = session["hats"]
    assert (hat["kind"], hat["bureau_id"], hat["bureau_name"]) == ("employee", str(bureau.id), bureau.name)
    principal = TokenKeys(keys.public_file, ISSUER).verify(session["access_token"])
    assert (str(principal.sub), principal.email) == (admin.user_id, admin.email)
    assert (str(principal.session_id), principal.hat) == (session["session_id"], None)
    assert principal.email_verified
    assert principal.exp - time.time() == pytest.approx(session["expires_in"], abs=10)
    assert (await admin.get("/v1/employees")).json()["code"] == "wrong_hat"


async def test_a_token_acts_as_the_chosen_hat(bureau: Bureau, admin: Person) -> None:
    token = (await admin.log_in(bureau_id=str(bureau.id)))["access_token"]
    claims = json.loads(decode(token.split(".")[1]))
    assert claims["hat"] == {
        "kind": "employee",
        "bureau_id": str(bureau.id),
        "employee_id": admin.hat["employee_id"],
        "account_role": "administrator",
        "maintenance": "full",
        "customers": "full",
    }
    assert (claims["iss"], claims["aud"]) == (ISSUER, "arende")
    assert isinstance(claims["iat"], float)


async def test_a_hat_of_somebody_else(bureau: Bureau, person: Person) -> None:
    for act_as in ({"bureau_id": str(bureau.id)}, {"account_id": str(uuid7())}, {"operator": True}):
        answer = await person.try_log_in(act_as=act_as)
        assert (answer.status_code, answer.json()["code"]) == (403, "no_such_hat")
    for wrong in ({}, {"bureau_id": str(bureau.id), "operator": True}, {"operator": False}):
        assert (await person.try_log_in(act_as=wrong)).status_code == 422


async def test_an_operator(service: Service) -> None:
    for _ in range(2):
        async with service.app.state.database.transaction() as session:
            await ensure_operator(
                session,
                email=OPERATOR,
                name="Ops",
                password=PASSWORD,
                passwords=service.app.state.passwords,
                at=utcnow(),
            )
    person = Person(service.client, OPERATOR)
    assert (await person.log_in(operator=True))["hat"] == {"kind": "operator"}
    assert (await person.get("/v1/me")).json()["menu"] == ["billing_runs", "prices"]


async def test_unknown_persons_and_wrong_passwords_get_the_same_answer(person: Person) -> None:
    wrong = await person.try_log_in(password="en annan gissning")
    unknown = await person.try_log_in(email=address())
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "wrong_credentials"


async def test_spaces_around_a_password_belong_to_it(service: Service) -> None:
    person = await sign_up(service, password="  mellanslag är tecken ")
    assert (await person.try_log_in(password="mellanslag är tecken")).status_code == 401
    await person.log_in()


async def test_tokens_are_never_stored(service: Service, person: Person) -> None:
    key = {"Idempotency-Key": uuid7().hex}
    body = {"email": person.email, "password": person.password}
    before = await service.rows("select count(*) from idempotency_keys")
    answers = [await service.client.post("/v1/sessions", json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["refresh_token"] != answers[1].json()["refresh_token"]
    assert await service.rows("select count(*) from idempotency_keys") == before
    token = answers[0].json()["refresh_token"].encode()
    assert await service.rows("select 1 from refresh_tokens where hash = :token", token=token) == []


async def test_own_sessions_are_seen_and_ended(service: Service, admin: Person, person: Person) -> None:
    first = person.session
    await person.log_in()
    listed = (await person.get("/v1/sessions")).json()["items"]
    assert [(each["id"], each["current"]) for each in listed] == [
        (person.session["session_id"], True),
        (first["session_id"], False),
    ]
    foreign = await admin.call("DELETE", f"/v1/sessions/{first['session_id']}")
    assert foreign.status_code == 404
    for path in (first["session_id"], "current"):
        assert (await person.call("DELETE", f"/v1/sessions/{path}")).status_code == 204
    assert (await person.get("/v1/sessions")).json()["code"] == "invalid_token"
    for token in (first["refresh_token"], person.session["refresh_token"]):
        answer = await service.client.post("/v1/sessions/refresh", json={"refresh_token": token})
        assert answer.json()["code"] == "session_ended"
