"""Bureaus and persons sign up, prove their address and choose passwords."""

import httpx
import pytest

from shared.events.identity import (
    BureauRegistered,
    EmployeeAdded,
    PasswordResetRequested,
    UserRegistered,
    UserVerified,
)
from shared.ids import uuid7
from shared.links import link_token
from tests.identity.factories import PASSWORD, SECRET, Person, Register, address, verify_token


async def test_a_bureau_signs_up_and_its_admin_has_everything(
    client: httpx.AsyncClient, register: Register
) -> None:
    body = register.new_bureau()
    body["organisation_number"] = f"{body['organisation_number'][:6]}-{body['organisation_number'][6:]}"
    answer = await client.post("/v1/bureaus", json=body)
    assert answer.status_code == 201
    bureau = answer.json()
    assert bureau["organisation_number"] == body["organisation_number"].replace("-", "")
    assert bureau["address"]["country"] == "SE"
    (registered,) = await register.published(BureauRegistered, bureau_id=bureau["id"])
    assert registered.city == "Stockholm"
    (added,) = await register.published(EmployeeAdded, bureau_id=bureau["id"])
    assert (added.account_role, added.maintenance, added.customers) == ("administrator", "full", "full")
    assert added.password_reset_id is None
    assert len(await register.published(UserRegistered, email=added.email)) == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"organisation_number": "556036-0794"}, "organisation_number", "invalid_organisation_number"),
        ({"email": "nobody"}, "email", "invalid_email"),
        ({"admin": {"name": "A", "email": "a@b.example", "password": "kort"}}, "admin.password", None),
        ({"surprise": 1}, "surprise", "unknown_field"),
    ],
)
async def test_a_bureau_that_can_not_be(
    client: httpx.AsyncClient, register: Register, change: dict[str, object], field: str, code: str | None
) -> None:
    answer = await client.post("/v1/bureaus", json=register.new_bureau(**change))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert code in (None, error["code"])
    assert "kort" not in answer.text


async def test_a_bureau_signs_up_once(client: httpx.AsyncClient, register: Register) -> None:
    first = register.new_bureau()
    await client.post("/v1/bureaus", json=first)
    second = register.new_bureau(organisation_number=first["organisation_number"])
    answer = await client.post("/v1/bureaus", json=second)
    assert (answer.status_code, answer.json()["code"]) == (409, "bureau_exists")
    # Nothing is left of the second one: its admin can sign up elsewhere.
    assert (await client.post("/v1/bureaus", json=register.new_bureau(admin=second["admin"]))).is_success


async def test_a_person_who_is_there_signs_up_a_bureau_by_the_right_password(
    client: httpx.AsyncClient, register: Register, person: Person
) -> None:
    admin = {"name": "Anna Ek", "email": person.email.upper(), "password": "en annan gissning"}
    refused = await client.post("/v1/bureaus", json=register.new_bureau(admin=admin))
    assert (refused.status_code, refused.json()["code"]) == (409, "email_taken")
    admin["password"] = PASSWORD
    answer = await client.post("/v1/bureaus", json=register.new_bureau(admin=admin))
    assert answer.status_code == 201
    assert (await person.log_in(bureau_id=answer.json()["id"]))["hat"]["maintenance"] == "full"


async def test_guessing_by_signing_up_bureaus_is_limited_too(
    client: httpx.AsyncClient, register: Register, person: Person
) -> None:
    admin = {"name": "Anna Ek", "email": person.email, "password": "en annan gissning"}
    for _ in range(10):
        await client.post("/v1/bureaus", json=register.new_bureau(admin=admin))
    assert (await person.try_log_in()).status_code == 429


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


async def test_a_forgotten_password(client: httpx.AsyncClient, register: Register) -> None:
    person = await register.sign_up()
    session = await person.log_in()
    known = await client.post("/v1/password-resets", json={"email": person.email.upper()})
    unknown = await client.post("/v1/password-resets", json={"email": address()})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (202, known.text)
    path = f"/v1/password-resets/{await register.reset_of(person.email)}"
    assert (await client.put(path, json={"password": "kort"})).status_code == 422
    assert (await client.put(path, json={"password": "ett nytt lösenord"})).status_code == 204
    again = await client.put(path, json={"password": "ett tredje lösenord"})
    assert (again.status_code, again.json()["code"]) == (410, "link_expired")
    assert (await person.try_log_in()).status_code == 401
    person.password = "ett nytt lösenord"
    await person.log_in()
    # The link came by mail, so the address is verified; and earlier sessions are over.
    assert (await person.call("GET", "/v1/me")).json()["email_verified"] is True
    old = {"refresh_token": session["refresh_token"]}
    assert (await client.post("/v1/sessions/refresh", json=old)).json()["code"] == "session_ended"


async def test_a_newer_password_ends_the_older_links(client: httpx.AsyncClient, register: Register) -> None:
    person = await register.person()
    links = []
    for _ in range(2):
        await client.post("/v1/password-resets", json={"email": person.email})
        links.append(await register.reset_of(person.email))
    assert (await client.put(f"/v1/password-resets/{links[1]}", json={"password": PASSWORD})).is_success
    assert (
        await client.put(f"/v1/password-resets/{links[0]}", json={"password": PASSWORD})
    ).status_code == 410


async def test_nobody_is_flooded_with_mails(client: httpx.AsyncClient, register: Register) -> None:
    person = await register.person()
    answers = [await client.post("/v1/password-resets", json={"email": person.email}) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert len(await register.published(PasswordResetRequested, email=person.email)) == 5
