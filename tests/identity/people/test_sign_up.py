"""Bureaus and persons sign up, prove their address and choose passwords."""

import httpx

from shared.events.identity import (
    UserRegistered,
    UserVerified,
)
from shared.ids import uuid7
from shared.links import link_token
from tests.identity.factories import PASSWORD, SECRET, Person, Register, verify_token


async def test_signing_up_again_is_refused(client: httpx.AsyncClient, person: Person) -> None:
    body = {"name": "Eva", "email": person.email.upper(), "password": PASSWORD}
    answer = await client.post("/v1/users", json=body, headers={"Accept-Language": "sv"})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert "e-postadressen" in answer.json()["detail"]


async def test_verifying_by_the_mailed_link(client: httpx.AsyncClient, register: Register) -> None:
    person = await register.sign_up()
    await person.log_in()
    (event,) = await register.published(UserRegistered, email=person.email)
    for _ in range(2):
        answer = await client.post("/v1/users/verify", json={"token": verify_token(event)})
        assert (answer.status_code, answer.json()["email_verified"]) == (200, True)
    assert len(await register.published(UserVerified, email=person.email)) == 1
    assert (await person.call("GET", "/v1/me")).json()["email_verified"] is True


async def test_forged_links_are_not_found(client: httpx.AsyncClient, register: Register) -> None:
    event = (await register.published(UserRegistered, email=(await register.sign_up()).email))[0]
    as_reset = link_token(SECRET, "password-reset", event.verification_id)
    unknown = link_token(SECRET, "verify", uuid7())
    for token in ("x", as_reset, unknown, verify_token(event)[:-1] + "!"):
        answer = await client.post("/v1/users/verify", json={"token": token})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await client.put(f"/v1/password-resets/{as_reset}", json={"password": PASSWORD})
    assert answer.status_code == 404


async def test_the_verifying_mail_can_be_sent_again_a_few_times(register: Register) -> None:
    person = await register.sign_up()
    await person.log_in()
    answers = [await person.call("POST", "/v1/users/verify/resend") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    mails = await register.published(UserRegistered, email=person.email)
    assert [mail.sequence for mail in mails] == [1, 2, 3, 4, 5, 6]
    await register.verify(person)


async def test_a_link_that_is_too_old(client: httpx.AsyncClient, register: Register) -> None:
    person = await register.sign_up()
    await register.rows(
        "update verifications set expires_at = now() where email = :email returning 1", email=person.email
    )
    (event,) = await register.published(UserRegistered, email=person.email)
    answer = await client.post("/v1/users/verify", json={"token": verify_token(event)})
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")
