"""Passwords that are easily guessed are refused at every door, and each change ends what others have."""

import pytest

from shared.events.identity import EmployeeAdded, PasswordChanged, UserRegistered
from shared.ids import uuid7
from tests.factories.callers import failing_field, refusal
from tests.factories.people import (
    PASSWORD,
    Person,
    bureau_body,
    new_person,
    reset_of,
    reset_token,
    sign_up,
    verify_token,
)
from tests.factories.records import address
from tests.factories.service import Service

OWN = "fyra gula stolar"
WEAK = ("password1234", "aaaaaaaaaaaa", " " * 12, "qwertyuiop12", "Lösenord1234", "a" * 200)


@pytest.mark.parametrize("password", WEAK)
async def test_a_password_that_is_easily_guessed(service: Service, password: str) -> None:
    body = {"name": "Anna Ek", "email": address(), "password": password}
    answer = await service.client.post("/v1/users", json=body, headers={"Accept-Language": "sv"})
    assert failing_field(answer) == (422, "password", "password_too_weak")
    assert "några ord" in answer.json()["errors"][0]["detail"]
    assert password not in answer.text


async def test_a_password_made_of_what_others_know_of_the_person(service: Service) -> None:
    email = f"gunhild.akerstedt@{uuid7().hex}.example"
    for password in (email, "Gunhild Åkerstedt", "gunhild.akerstedt1"):
        body = {"name": "Gunhild Åkerstedt", "email": email, "password": password}
        answer = await service.client.post("/v1/users", json=body)
        assert failing_field(answer) == (422, "password", "password_too_weak")
    admin = {"name": "Anna Ek", "email": address(), "password": "Sifferkonsulten"}
    body = bureau_body(name="Sifferkonsulten AB", admin=admin)
    answer = await service.client.post("/v1/bureaus", json=body)
    assert failing_field(answer) == (422, "admin.password", "password_too_weak")


async def test_every_door_refuses_a_weak_password(service: Service, admin: Person) -> None:
    weak = {"password": "password1234"}
    person = await sign_up(service)
    (mail,) = await service.published(UserRegistered, email=person.email)
    added = await admin.post("/v1/employees", {"name": "Bo Ek", "email": address("bo")})
    (welcome,) = await service.published(EmployeeAdded, employee_id=added.json()["id"])
    await service.client.post("/v1/password-resets", json={"email": admin.email})
    resets = [reset_token(welcome.password_reset_id), await reset_of(service, admin.email)]
    answers = [
        await service.client.post("/v1/users/verify", json={"token": verify_token(mail), **weak}),
        *[await service.client.put(f"/v1/password-resets/{each}", json=weak) for each in resets],
    ]
    assert [failing_field(each) for each in answers] == [(422, "password", "password_too_weak")] * 3
    change = {"current_password": PASSWORD, "new_password": "password1234"}
    refused = await admin.put("/v1/me/password", change)
    assert failing_field(refused) == (422, "new_password", "password_too_weak")
    assert (await admin.try_log_in()).status_code == 201
    # A link survives the refusal.
    path = f"/v1/password-resets/{resets[1]}"
    assert (await service.client.put(path, json={"password": OWN})).status_code == 204


async def test_changing_the_password_keeps_this_log_in_and_ends_the_others(service: Service) -> None:
    person = await new_person(service)
    elsewhere = Person(service.client, person.email)
    await elsewhere.log_in()
    await service.client.post("/v1/password-resets", json={"email": person.email})
    change = {"current_password": PASSWORD, "new_password": OWN}
    assert (await person.put("/v1/me/password", change)).status_code == 204

    assert len(await service.published(PasswordChanged, user_id=person.user_id)) == 1
    sessions = [each.session["refresh_token"] for each in (elsewhere, person)]
    answers = [
        await service.client.post("/v1/sessions/refresh", json={"refresh_token": each}) for each in sessions
    ]
    assert [each.status_code for each in answers] == [401, 200]
    assert (await person.try_log_in()).status_code == 401
    assert (await person.try_log_in(password=OWN)).status_code == 201
    reset = f"/v1/password-resets/{await reset_of(service, person.email)}"
    assert refusal(await service.client.put(reset, json={"password": PASSWORD})) == (410, "link_expired")


async def test_guesses_at_the_present_password_are_limited(service: Service) -> None:
    person = await new_person(service)
    guess = {"current_password": "en annan gissning", "new_password": OWN}
    answers = [await person.put("/v1/me/password", guess) for _ in range(11)]
    assert refusal(answers[0]) == (403, "wrong_password")
    assert refusal(answers[-1]) == (429, "too_many_attempts")
    assert await service.published(PasswordChanged, user_id=person.user_id) == []
    assert (await service.client.put("/v1/me/password", json=guess)).status_code == 401


async def test_a_new_password_by_the_mailed_link_is_told_by_mail(service: Service) -> None:
    person = await new_person(service)
    await service.client.post("/v1/password-resets", json={"email": person.email})
    path = f"/v1/password-resets/{await reset_of(service, person.email)}"
    assert (await service.client.put(path, json={"password": OWN})).status_code == 204
    (event,) = await service.published(PasswordChanged, user_id=person.user_id)
    assert event.email == person.email
