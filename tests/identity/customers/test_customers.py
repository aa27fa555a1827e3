from collections.abc import Callable
from uuid import UUID

import pytest

from shared.addresses import normalised
from shared.events.identity import (
    CustomerChanged,
    CustomerDeactivated,
    CustomerReactivated,
    CustomerRegistered,
    EmployeeAdded,
)
from shared.ids import uuid7
from tests.factories.callers import failing_field, refusal
from tests.factories.customers import (
    ADDRESS,
    customer_body,
    customers_of,
    new_customer,
    read_customer,
    ready_customer,
)
from tests.factories.people import Person, employ
from tests.factories.records import Bureau, address, organisation_number
from tests.factories.service import Service


async def test_a_customer_is_registered_and_published(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    number = organisation_number()
    body = customer_body(organisation_number=f"{number[:6]}-{number[6:]}", financial_year_end="12-31")

    answer = await admin.post("/v1/customers", body)

    assert answer.status_code == 201
    customer = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/v1/customers/{customer['id']}"
    assert customer["organisation_number"] == number
    assert customer["responsible_id"] == admin.hat["employee_id"]
    assert customer["address"] == ADDRESS
    assert (customer["ready"], customer["failing_points"]) == (False, ["main_contact_missing"])
    [event] = await service.published(CustomerRegistered, customer_id=customer["id"])
    assert (event.sequence, event.bureau_id) == (1, bureau.id)
    assert (event.number, event.organisation_number) == (customer["number"], number)
    assert event.failing_points == ["main_contact_missing"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"organisation_number": "5566778890"}, "organisation_number", "organisation_number_invalid"),
        ({"organisation_number": None}, "organisation_number", "required"),
        ({"kind": "trust"}, "kind", "not_one_of"),
        ({"financial_year_end": "02-30"}, "financial_year_end", "not_a_date"),
        ({"name": ""}, "name", "too_short"),
        ({"nick": "x"}, "nick", "unknown_field"),
    ],
)
async def test_what_cannot_be_registered_is_named(
    admin: Person, changes: dict[str, object], field: str, code: str
) -> None:
    answer = await admin.post("/v1/customers", customer_body(**changes))

    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


async def test_a_private_individual_needs_no_number_and_no_address(admin: Person) -> None:
    body = {"number": "7", "name": "Håkan Dahl", "kind": "private_individual"}

    answer = await admin.post("/v1/customers", body)

    assert answer.status_code == 201
    assert answer.json()["failing_points"] == ["main_contact_missing", "address_incomplete"]
    assert answer.json()["address"]["country"] == "SE"


async def test_a_number_is_taken_once_in_each_bureau(admin: Person, other_admin: Person) -> None:
    await new_customer(admin, number="1001")
    second = await new_customer(admin, number="1002")

    posted = await admin.post("/v1/customers", customer_body(number="1001"))
    patched = await admin.call("PATCH", f"/v1/customers/{second['id']}", version=1, json={"number": "1001"})

    assert (posted.status_code, posted.json()["code"]) == (409, "number_taken")
    assert (patched.status_code, patched.json()["code"]) == (409, "number_taken")
    assert (await read_customer(admin, second["id"]))["version"] == 1
    await new_customer(other_admin, number="1001")


async def test_a_change_takes_the_version_that_was_seen(service: Service, admin: Person) -> None:
    customer = await new_customer(admin)
    path = f"/v1/customers/{customer['id']}"

    without = await admin.call("PATCH", path, json={"name": "Ny AB"})
    changed = await admin.call("PATCH", path, version=1, json={"name": "Ny AB", "address": {"city": ""}})
    late = await admin.call("PATCH", path, version=1, json={"name": "Äldre AB"})
    same = await admin.call("PATCH", path, version=2, json={"name": "Ny AB"})

    assert (without.status_code, late.status_code) == (428, 412)
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["name"] == "Ny AB"
    assert changed.json()["address"] == {**ADDRESS, "city": ""}
    assert changed.json()["failing_points"] == ["main_contact_missing", "address_incomplete"]
    assert same.json()["version"] == 2
    [event] = await service.published(CustomerChanged, customer_id=customer["id"])
    assert (event.sequence, event.name) == (2, "Ny AB")


async def test_a_company_keeps_an_organisation_number(admin: Person) -> None:
    customer = await new_customer(admin)

    answer = await admin.call(
        "PATCH", f"/v1/customers/{customer['id']}", version=1, json={"organisation_number": None}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "organisation_number"


async def test_deactivating_and_activating_again(service: Service, admin: Person) -> None:
    customer = await ready_customer(admin)
    path = f"/v1/customers/{customer['id']}"

    inactive = await admin.post(f"{path}/deactivate")
    again = await admin.post(f"{path}/deactivate")
    active = await admin.post(f"{path}/activate")

    assert inactive.json()["active"] is False
    assert inactive.json()["ready"] is False
    assert inactive.json()["inactive_since"] is not None
    assert again.json()["version"] == inactive.json()["version"] == customer["version"] + 1
    assert (active.json()["active"], active.json()["ready"]) == (True, True)
    [left] = await service.published(CustomerDeactivated, customer_id=customer["id"])
    [came] = await service.published(CustomerReactivated, customer_id=customer["id"])
    assert (left.active, came.active, came.sequence) == (False, True, left.sequence + 1)


async def test_lists_are_filtered_and_paged(admin: Person) -> None:
    ready = await ready_customer(admin, number="1", name="Lärkan 100% AB")
    await new_customer(admin, number="2", name="Gran AB")
    await new_customer(admin, number="3", kind="private_individual", organisation_number=None)
    await new_customer(admin, number="4", active=False)

    async def numbers(**params: object) -> list[str]:
        return [each["number"] for each in await customers_of(admin, **params)]

    assert await numbers(limit=1) == ["1", "2", "3", "4"]
    assert await numbers(active=False) == ["4"]
    assert await numbers(kind="private_individual") == ["3"]
    assert await numbers(readiness="ready") == ["1"]
    assert await numbers(readiness="not_ready") == ["2", "3", "4"]
    assert await numbers(q="lärkan") == ["1"]
    assert await numbers(q="0%") == ["1"]
    assert await numbers(q=ready["organisation_number"]) == ["1"]
    assert await numbers(responsible=str(uuid7())) == []
    [shown] = await customers_of(admin, readiness="ready")
    assert shown["main_contact"]["name"] == "Fatima Åkesson"


async def test_limited_employees_edit_only_their_own(service: Service, admin: Person) -> None:
    theirs = await ready_customer(admin)
    employee, limited = await employ(service, admin, customers="limited")
    own = await new_customer(limited)
    path = f"/v1/customers/{theirs['id']}"

    seen = await limited.get(path)
    changed = await limited.call("PATCH", path, version=2, json={"name": "X"})
    closed = await limited.post(f"{path}/deactivate")
    added = await limited.post(f"{path}/contacts", {"name": "X"})
    given = await limited.post("/v1/customers", customer_body(responsible_id=admin.hat["employee_id"]))

    assert seen.status_code == 200
    for refused in (changed, closed, added, given):
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_permission")
    assert own["responsible_id"] == employee["id"]
    assert (
        await limited.call("PATCH", f"/v1/customers/{own['id']}", version=1, json={"name": "X"})
    ).status_code == 200
    await admin.call("PATCH", path, version=2, json={"participant_ids": [employee["id"]]})
    taking_part = await limited.call("PATCH", path, version=3, json={"name": "X"})
    assert taking_part.status_code == 200


async def test_only_colleagues_at_work_can_be_responsible(
    service: Service, admin: Person, other_admin: Person
) -> None:
    gone, _ = await employ(service, admin)
    await admin.post(f"/v1/employees/{gone['id']}/deactivate", {})

    for stranger in (str(uuid7()), other_admin.hat["employee_id"], gone["id"]):
        body = customer_body(responsible_id=stranger)
        answer = await admin.post("/v1/customers", body)
        assert failing_field(answer) == (422, "responsible_id", "not_found"), stranger
        body = customer_body(participant_ids=[admin.hat["employee_id"], stranger])
        answer = await admin.post("/v1/customers", body)
        assert failing_field(answer) == (422, "participant_ids.1", "not_found"), stranger


async def test_another_bureau_finds_nothing(admin: Person, other_admin: Person) -> None:
    customer = await ready_customer(admin)
    contact_id = customer["main_contact"]["id"]
    path = f"/v1/customers/{customer['id']}"
    theirs = await new_customer(other_admin)

    answers = [
        await other_admin.get(path),
        await other_admin.call("PATCH", path, version=2, json={"name": "X"}),
        await other_admin.post(f"{path}/deactivate"),
        await other_admin.post(f"{path}/activate"),
        await other_admin.get(f"{path}/contacts"),
        await other_admin.post(f"{path}/contacts", {"name": "X"}),
        await other_admin.put(f"{path}/main-contact", {"contact_id": None}),
        await other_admin.get(f"/v1/contacts/{contact_id}"),
        await other_admin.call("PATCH", f"/v1/contacts/{contact_id}", version=1, json={"name": "X"}),
        await other_admin.call("DELETE", f"/v1/contacts/{contact_id}"),
    ]
    named = await other_admin.put(f"/v1/customers/{theirs['id']}/main-contact", {"contact_id": contact_id})

    assert {answer.status_code for answer in answers} == {404}
    assert failing_field(named) == (422, "contact_id", "not_found")
    assert await read_customer(admin, customer["id"]) == customer
    assert [each["id"] for each in await customers_of(other_admin)] == [theirs["id"]]


async def test_an_employee_who_leaves_hands_customers_over(service: Service, admin: Person) -> None:
    leaving, person = await employ(service, admin, customers="full")
    own = await new_customer(person)
    inactive = await new_customer(person, active=False)
    mine = admin.hat["employee_id"]
    shared = await new_customer(admin, participant_ids=[leaving["id"], mine])
    path = f"/v1/employees/{leaving['id']}/deactivate"

    refused = await admin.post(path, {})
    moved = await admin.post(path, {"transfer_to": mine})

    assert refused.status_code == 409
    assert {each["id"] for each in refused.json()["customers"]} == {own["id"], inactive["id"], shared["id"]}
    assert moved.status_code == 200, moved.text
    for customer in (own, inactive):
        assert (await read_customer(admin, customer["id"]))["responsible_id"] == mine
        [event] = await service.published(CustomerChanged, customer_id=customer["id"])
        assert (event.responsible_id, event.sequence) == (UUID(mine), 2)
    assert (await read_customer(admin, shared["id"]))["participant_ids"] == [mine]


@pytest.mark.parametrize(
    "written",
    [str.upper, lambda email: email.replace("@", "@xn--").replace("byran.", "byrn-roa.")],
    ids=["upper case", "domain in ASCII"],
)
async def test_readiness_follows_the_employees_addresses(
    service: Service, admin: Person, written: Callable[[str], str]
) -> None:
    email = address("bo")
    spelt = written(email)
    email = normalised(spelt)
    customer = await new_customer(admin)
    await admin.post(f"/v1/customers/{customer['id']}/contacts", {"name": "Bo", "email": spelt})
    assert (await read_customer(admin, customer["id"]))["ready"] is True

    employee, _ = await employ(service, admin, email)
    hired = await read_customer(admin, customer["id"])
    await admin.post(f"/v1/employees/{employee['id']}/deactivate", {})
    left = await read_customer(admin, customer["id"])

    assert hired["failing_points"] == ["email_belongs_to_employee"]
    assert (left["ready"], left["version"]) == (True, hired["version"] + 1)
    events = await service.published(CustomerChanged, customer_id=customer["id"])
    assert [event.failing_points for event in events] == [[], ["email_belongs_to_employee"], []]
    assert await service.published(EmployeeAdded, employee_id=employee["id"])


async def test_who_has_an_organisation_number_is_no_private_individual(
    service: Service, admin: Person
) -> None:
    customer = await new_customer(admin)
    path, private = f"/v1/customers/{customer['id']}", {"kind": "private_individual"}

    alone = await admin.call("PATCH", path, version=1, json=private)
    with_null = await admin.call("PATCH", path, version=1, json={**private, "organisation_number": None})
    new = await admin.call("POST", "/v1/customers", json=customer_body(**private))

    for answer in (alone, with_null, new):
        assert refusal(answer) == (422, "has_organisation_number")
    assert (await admin.read(path))["kind"] == "company"
    assert await service.published(CustomerChanged, customer_id=customer["id"]) == []
