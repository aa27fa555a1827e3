"""Bureaus and persons sign up, prove their address and choose passwords."""

import hashlib

import orjson

from shared.events.identity import (
    UserRegistered,
    UserVerified,
)
from shared.ids import uuid7
from shared.links import link_token
from tests.factories.callers import failing_field, refusal
from tests.factories.people import PASSWORD, SECRET, sign_up, verify, verify_token
from tests.factories.records import address
from tests.factories.service import Service


async def test_who_signs_up_twice_before_the_mail_is_opened_gets_another_link(service: Service) -> None:
    person = await sign_up(service)
    assert (await sign_up(service, person.email)).user_id != person.user_id
    assert len(await service.published(UserRegistered, user_id=person.user_id)) == 2
    await verify(service, person)
    assert (await person.log_in())["hats"] == []


async def test_verifying_by_the_mailed_link(service: Service) -> None:
    person = await sign_up(service)
    (event,) = await service.published(UserRegistered, email=person.email)
    chosen = {"token": verify_token(event), "password": "fyra gula stolar"}
    for _ in range(2):
        answer = await service.client.post("/v1/users/verify", json=chosen)
        assert (answer.status_code, answer.json()["email_verified"]) == (200, True)
    assert len(await service.published(UserVerified, email=person.email)) == 1
    assert refusal(await person.try_log_in()) == (401, "wrong_credentials")
    person.password = chosen["password"]
    await person.log_in()
    assert (await person.get("/v1/me")).json()["email_verified"] is True


async def test_verifying_takes_a_password(service: Service) -> None:
    person = await sign_up(service)
    (event,) = await service.published(UserRegistered, email=person.email)
    answer = await service.client.post("/v1/users/verify", json={"token": verify_token(event)})
    assert failing_field(answer) == (422, "password", "required")


async def test_forged_links_are_not_found(service: Service) -> None:
    event = (await service.published(UserRegistered, email=(await sign_up(service)).email))[0]
    as_reset = link_token(SECRET, "password-reset", event.verification_id)
    unknown = link_token(SECRET, "verify", uuid7())
    for token in ("x", as_reset, unknown, verify_token(event)[:-1] + "!"):
        body = {"token": token, "password": PASSWORD}
        answer = await service.client.post("/v1/users/verify", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await service.client.put(f"/v1/password-resets/{as_reset}", json={"password": PASSWORD})
    assert answer.status_code == 404


async def test_the_verifying_mail_can_be_sent_again_a_few_times(service: Service) -> None:
    person = await sign_up(service)
    await person.log_in()
    answers = [await person.post("/v1/users/verify/resend") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    mails = await service.published(UserRegistered, email=person.email)
    assert [mail.sequence for mail in mails] == [1, 2, 3, 4, 5, 6]
    await verify(service, person)


async def test_a_link_that_is_too_old(service: Service) -> None:
    person = await sign_up(service)
    await service.rows(
        "update verifications set expires_at = now() where email = :email returning 1", email=person.email
    )
    (event,) = await service.published(UserRegistered, email=person.email)
    body = {"token": verify_token(event), "password": PASSWORD}
    answer = await service.client.post("/v1/users/verify", json=body)
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")


async def test_a_strangers_key_is_of_no_concern_to_others(service: Service) -> None:
    key = {"Idempotency-Key": "1"}
    bodies = [{"name": "Anna Ek", "email": address(), "password": PASSWORD} for _ in range(2)]
    one, other = [await service.client.post("/v1/users", json=body, headers=key) for body in bodies]
    assert (one.status_code, other.status_code) == (201, 201)
    assert one.json()["email"] != other.json()["email"]
    again = await service.client.post("/v1/users", json=bodies[0], headers=key)
    assert (again.status_code, again.json()) == (201, one.json())
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_stored_key_does_not_tell_the_password(service: Service) -> None:
    """Without the key, which is not stored, nobody can try passwords against the digest of the body."""
    key, content = uuid7().hex, orjson.dumps({"name": "Anna Ek", "email": address(), "password": PASSWORD})
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    before = await service.rows("select key from idempotency_keys")
    answer = await service.client.post("/v1/users", content=content, headers=headers)
    assert answer.status_code == 201
    stored = await service.rows("select t.*, t::text as whole from idempotency_keys t")
    (row,) = [each for each in stored if each.key not in {each.key for each in before}]
    assert key not in row.whole
    plain = {content, b"POST /v1/users?\n" + content}
    assert row.request_hash not in {hashlib.sha256(each).digest() for each in plain}
    assert PASSWORD.encode() not in row.body
