"""Bureaus sign up, with a new person or with one who exists already."""

import pytest

from shared.events.identity import (
    BureauRegistered,
    EmployeeAdded,
    UserRegistered,
)
from tests.factories.people import PASSWORD, Person, bureau_body
from tests.factories.service import Service


async def test_a_bureau_signs_up_and_its_admin_has_everything(service: Service) -> None:
    body = bureau_body()
    body["organisation_number"] = f"{body['organisation_number'][:6]}-{body['organisation_number'][6:]}"
    answer = await service.client.post("/v1/bureaus", json=body)
    assert answer.status_code == 201
    bureau = answer.json()
    assert bureau["organisation_number"] == body["organisation_number"].replace("-", "")
    assert bureau["address"]["country"] == "SE"
    (registered,) = await service.published(BureauRegistered, bureau_id=bureau["id"])
    assert registered.city == "Stockholm"
    (added,) = await service.published(EmployeeAdded, bureau_id=bureau["id"])
    assert (added.account_role, added.maintenance, added.customers) == ("administrator", "full", "full")
    assert added.password_reset_id is None
    assert len(await service.published(UserRegistered, email=added.email)) == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"organisation_number": "556036-0794"}, "organisation_number", "organisation_number_invalid"),
        ({"email": "nobody"}, "email", "invalid_email"),
        ({"admin": {"name": "A", "email": "a@b.example", "password": "kort"}}, "admin.password", None),
        ({"surprise": 1}, "surprise", "unknown_field"),
    ],
)
async def test_a_bureau_that_can_not_be(
    service: Service, change: dict[str, object], field: str, code: str | None
) -> None:
    answer = await service.client.post("/v1/bureaus", json=bureau_body(**change))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert code in (None, error["code"])
    assert "kort" not in answer.text


async def test_a_bureau_signs_up_once(service: Service) -> None:
    first = bureau_body()
    await service.client.post("/v1/bureaus", json=first)
    second = bureau_body(organisation_number=first["organisation_number"])
    answer = await service.client.post("/v1/bureaus", json=second)
    assert (answer.status_code, answer.json()["code"]) == (409, "bureau_exists")
    # Nothing is left of the second one: its admin can sign up elsewhere.
    assert (await service.client.post("/v1/bureaus", json=bureau_body(admin=second["admin"]))).is_success


async def test_a_person_who_is_there_signs_up_a_bureau_by_the_right_password(
    service: Service, person: Person
) -> None:
    admin = {"name": "Anna Ek", "email": person.email.upper(), "password": "en annan gissning"}
    refused = await service.client.post("/v1/bureaus", json=bureau_body(admin=admin))
    assert (refused.status_code, refused.json()["code"]) == (409, "email_taken")
    admin["password"] = PASSWORD
    answer = await service.client.post("/v1/bureaus", json=bureau_body(admin=admin))
    assert answer.status_code == 201
    assert (await person.log_in(bureau_id=answer.json()["id"]))["hat"]["maintenance"] == "full"


async def test_guessing_by_signing_up_bureaus_is_limited_too(service: Service, person: Person) -> None:
    admin = {"name": "Anna Ek", "email": person.email, "password": "en annan gissning"}
    for _ in range(10):
        await service.client.post("/v1/bureaus", json=bureau_body(admin=admin))
    assert (await person.try_log_in()).status_code == 429
