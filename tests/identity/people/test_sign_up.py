"""Bureaus and persons sign up, prove their address and choose passwords."""

from shared.events.identity import (
    UserRegistered,
    UserVerified,
)
from shared.ids import uuid7
from shared.links import link_token
from tests.factories.people import PASSWORD, SECRET, Person, sign_up, verify, verify_token
from tests.factories.service import Service


async def test_signing_up_again_is_refused(service: Service, person: Person) -> None:
    body = {"name": "Eva", "email": person.email.upper(), "password": PASSWORD}
    answer = await service.client.post("/v1/users", json=body, headers={"Accept-Language": "sv"})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert "e-postadressen" in answer.json()["detail"]


async def test_verifying_by_the_mailed_link(service: Service) -> None:
    person = await sign_up(service)
    await person.log_in()
    (event,) = await service.published(UserRegistered, email=person.email)
    for _ in range(2):
        answer = await service.client.post("/v1/users/verify", json={"token": verify_token(event)})
        assert (answer.status_code, answer.json()["email_verified"]) == (200, True)
    assert len(await service.published(UserVerified, email=person.email)) == 1
    assert (await person.get("/v1/me")).json()["email_verified"] is True


async def test_forged_links_are_not_found(service: Service) -> None:
    event = (await service.published(UserRegistered, email=(await sign_up(service)).email))[0]
    as_reset = link_token(SECRET, "password-reset", event.verification_id)
    unknown = link_token(SECRET, "verify", uuid7())
    for token in ("x", as_reset, unknown, verify_token(event)[:-1] + "!"):
        answer = await service.client.post("/v1/users/verify", json={"token": token})
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
    answer = await service.client.post("/v1/users/verify", json={"token": verify_token(event)})
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")
