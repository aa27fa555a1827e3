"""An address is its owner's: nothing that others do with it, before or after, opens or closes anything."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.events.identity import (
    EmployeeAdded,
    MemberAdded,
    PasswordChanged,
    PasswordResetRequested,
    SignUpRepeated,
    UserRegistered,
    UserVerified,
)
from tests.factories.callers import refusal
from tests.factories.people import (
    PASSWORD,
    Person,
    bureau_body,
    choose_password,
    new_person,
    reset_of,
    sign_up,
    verify_token,
)
from tests.factories.records import address
from tests.factories.service import Service

OWN = "fyra gula stolar"
EMPLOYEE = {"name": "Bo Ek", "account_role": "administrator", "maintenance": "full", "customers": "full"}


async def follow_link(service: Service, email: str, password: str) -> httpx.Response:
    """The link in the newest mail that verifies the address."""
    mail = (await service.published(UserRegistered, email=email))[-1]
    body = {"token": verify_token(mail), "password": password}
    return await service.client.post("/v1/users/verify", json=body)


async def refresh(person: Person) -> httpx.Response:
    body = {"refresh_token": person.session["refresh_token"]}
    return await person.client.post("/v1/sessions/refresh", json=body)


async def state_of(service: Service, person: Person) -> list[Any]:
    """What nobody but the person may change."""
    return await service.rows(
        "select u.password_hash, u.verified_at, u.name, u.version, count(s.id) from users u"
        " left join sessions s on s.user_id = u.id and s.ended_at is null"
        " where u.email = :email group by u.id",
        email=person.email,
    )


async def test_who_signed_up_ahead_of_the_owner_is_out_once_the_owner_opens_the_mail(
    service: Service,
) -> None:
    attacker = await sign_up(service)
    await attacker.log_in()
    assert (await follow_link(service, attacker.email, OWN)).status_code == 200

    assert refusal(await refresh(attacker)) == (401, "session_ended")
    assert refusal(await attacker.try_log_in()) == (401, "wrong_credentials")
    owner = Person(service.client, attacker.email, password=OWN)
    await owner.log_in()
    assert (await owner.read("/v1/me"))["email_verified"] is True


async def test_who_signed_up_ahead_gets_no_role_that_is_meant_for_the_owner(
    service: Service, admin: Person, owner: Person, account_id: UUID
) -> None:
    attacker = await sign_up(service)
    await attacker.log_in()
    bureau_id = admin.hat["bureau_id"]
    await admin.post("/v1/employees", {**EMPLOYEE, "email": attacker.email})
    added = {"email": attacker.email, "role": "administrator"}
    assert (await owner.post(f"/v1/accounts/{account_id}/members", added)).status_code == 201

    assert (await attacker.log_in())["hats"] == []
    assert (await attacker.read("/v1/me"))["hats"] == []
    for act_as in ({"bureau_id": bureau_id}, {"account_id": str(account_id)}):
        assert refusal(await attacker.try_log_in(act_as=act_as)) == (403, "no_such_hat")
        body = {"refresh_token": attacker.session["refresh_token"], "act_as": act_as}
        chosen = await service.client.post("/v1/sessions/refresh", json=body)
        assert refusal(chosen) == (403, "no_such_hat")

    (welcome,) = await service.published(MemberAdded, email=attacker.email)
    await choose_password(service, welcome.password_reset_id, OWN)
    assert refusal(await refresh(attacker)) == (401, "session_ended")
    person = Person(service.client, attacker.email, password=OWN)
    await person.log_in(bureau_id=bureau_id)
    await person.log_in(account_id=str(account_id))


@pytest.mark.parametrize("verified", [False, True])
async def test_what_others_do_changes_nothing_for_the_person(
    service: Service, admin: Person, owner: Person, account_id: UUID, verified: bool
) -> None:
    """The administrator of another bureau, before and after the address is verified."""
    body = bureau_body()
    bureau_id = (await service.client.post("/v1/bureaus", json=body)).json()["id"]
    person = Person(service.client, body["email"])
    if verified:
        await follow_link(service, person.email, PASSWORD)
    await person.log_in(bureau_id=bureau_id)
    before = await state_of(service, person)

    employee = await admin.post("/v1/employees", {**EMPLOYEE, "email": person.email})
    path = f"/v1/employees/{employee.json()['id']}"
    assert (await admin.call("PATCH", path, json={"email": address()}, version="*")).status_code == 200
    await admin.post(f"{path}/deactivate")
    members = f"/v1/accounts/{account_id}/members"
    assert (await owner.post(members, {"email": person.email})).status_code == 201
    await owner.call("DELETE", f"{members}/{employee.json()['user_id']}")

    assert await state_of(service, person) == before
    assert (await person.get("/v1/employees")).status_code == 200
    assert (await refresh(person)).json()["hat"]["bureau_id"] == bureau_id
    assert (await person.log_in(bureau_id=bureau_id))["hats"][0]["bureau_id"] == bureau_id


async def test_a_used_or_old_link_gives_a_verified_person_no_other_password(service: Service) -> None:
    person = await sign_up(service, password=OWN)
    await follow_link(service, person.email, OWN)
    await person.log_in()
    assert (await follow_link(service, person.email, OWN)).status_code == 200
    assert (await refresh(person)).status_code == 200

    guesses = [await follow_link(service, person.email, f"gissning nummer {n}") for n in range(11)]
    assert [refusal(each) for each in guesses[:9]] == [(410, "link_expired")] * 9
    assert refusal(guesses[-1]) == (429, "too_many_attempts")
    await person.log_in()
    assert len(await service.published(UserVerified, email=person.email)) == 1
    assert await service.published(PasswordChanged, email=person.email) == []


async def test_verifying_ends_the_other_links_too(service: Service) -> None:
    person = await sign_up(service)
    await service.client.post("/v1/password-resets", json={"email": person.email})
    reset = await reset_of(service, person.email)
    await follow_link(service, person.email, OWN)
    late = await service.client.put(f"/v1/password-resets/{reset}", json={"password": PASSWORD})
    assert refusal(late) == (410, "link_expired")


async def test_signing_up_with_the_address_of_somebody_tells_the_owner_and_nobody_else(
    service: Service,
) -> None:
    known, unknown = await new_person(service), address()
    before = await state_of(service, known)
    body = {"name": "Rolf Grå", "password": OWN, "language": "en"}
    answers = [
        await service.client.post("/v1/users", json={**body, "email": email})
        for email in (known.email.upper(), unknown)
    ]
    assert [each.status_code for each in answers] == [201, 201]
    shown = [{**each.json(), "id": "", "email": ""} for each in answers]
    assert shown[0] == shown[1]
    assert answers[0].json()["id"] != known.user_id
    assert answers[0].json()["email"] == known.email
    assert {**answers[0].headers, "content-length": ""} == {**answers[1].headers, "content-length": ""}

    (event,) = await service.published(SignUpRepeated, user_id=known.user_id)
    assert (event.name, event.language) == ("Anna Ek", "sv")
    assert len(await service.published(UserRegistered, email=known.email)) == 1
    ((password, verified, name, _, sessions),) = await state_of(service, known)
    ((was, since, called, _, open_sessions),) = before
    assert (password, verified, name, sessions) == (was, since, called, open_sessions)


async def test_sign_ups_with_one_address_are_limited_alike(service: Service) -> None:
    known, unknown = await new_person(service), address()
    for email in (known.email, unknown):
        body = {"name": "Rolf Grå", "email": email, "password": OWN}
        answers = [await service.client.post("/v1/users", json=body) for _ in range(6)]
        assert answers[-1].status_code == 429
        assert answers[0].status_code == 201


async def test_a_taken_number_hides_which_people_exist(service: Service) -> None:
    taken = bureau_body()
    await service.client.post("/v1/bureaus", json=taken)
    known = await new_person(service)
    for email in (known.email, address()):
        admin = {"name": "Rolf Grå", "email": email, "password": "inte mitt lösenord alls"}
        body = bureau_body(organisation_number=taken["organisation_number"], admin=admin)
        assert refusal(await service.client.post("/v1/bureaus", json=body)) == (409, "bureau_exists")


async def test_correcting_an_address_does_not_tell_whether_it_is_somebodys(
    service: Service, admin: Person
) -> None:
    known, unknown = await new_person(service), address()
    answers = []
    for email in (known.email, unknown):
        added = await admin.post("/v1/employees", {**EMPLOYEE, "email": address("felstavad")})
        path = f"/v1/employees/{added.json()['id']}"
        answers.append(await admin.call("PATCH", path, json={"email": email}, version=1))
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json()["user_id"] == known.user_id
    assert await service.published(PasswordResetRequested, email=known.email) == []
    assert len(await service.published(PasswordResetRequested, email=unknown)) == 1
    await known.log_in(bureau_id=admin.hat["bureau_id"])
    assert len(await service.published(EmployeeAdded, email=known.email)) == 0
