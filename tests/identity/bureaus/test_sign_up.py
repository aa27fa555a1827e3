"""Bureaus sign up, with a new person or with one who exists already."""

import httpx
import pytest

from shared.events.identity import (
    BureauRegistered,
    EmployeeAdded,
    UserRegistered,
)
from tests.identity.factories import PASSWORD, Person, Register


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
