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
from tests.identity.customers.factories import (
    ADDRESS,
    customer_body,
    customers_of,
    new_customer,
    read,
    ready_customer,
)
from tests.identity.factories import Office, Register, address, organisation_number


async def test_a_customer_is_registered_and_published(office: Office, register: Register) -> None:
    number = organisation_number()
    body = customer_body(organisation_number=f"{number[:6]}-{number[6:]}", financial_year_end="12-31")

    answer = await office.admin.call("POST", "/v1/customers", json=body)

    assert answer.status_code == 201
    customer = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/v1/customers/{customer['id']}"
    assert customer["organisation_number"] == number
    assert customer["responsible_id"] == office.hat["employee_id"]
    assert customer["address"] == ADDRESS
    assert (customer["ready"], customer["failing_points"]) == (False, ["main_contact_missing"])
    [event] = await register.published(CustomerRegistered, customer_id=customer["id"])
    assert (event.sequence, event.bureau_id) == (1, office.bureau_id)
    assert (event.number, event.organisation_number) == (customer["number"], number)
    assert event.failing_points == ["main_contact_missing"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"organisation_number": "5566778890"}, "organisation_number", "organisation_number_invalid"),
        ({"organisation_number": None}, "organisation_number", "required"),
        ({"kind": "trust"}, "kind", "literal_error"),
        ({"financial_year_end": "02-30"}, "financial_year_end", "value_error"),
        ({"name": ""}, "name", "too_short"),
        ({"nick": "x"}, "nick", "unknown_field"),
    ],
)
async def test_what_cannot_be_registered_is_named(
    office: Office, changes: dict[str, object], field: str, code: str
) -> None:
    answer = await office.admin.call("POST", "/v1/customers", json=customer_body(**changes))

    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


async def test_a_private_individual_needs_no_number_and_no_address(office: Office) -> None:
    body = {"number": "7", "name": "Håkan Dahl", "kind": "private_individual"}

    answer = await office.admin.call("POST", "/v1/customers", json=body)

    assert answer.status_code == 201
    assert answer.json()["failing_points"] == ["main_contact_missing", "address_incomplete"]
    assert answer.json()["address"]["country"] == "SE"


async def test_a_number_is_taken_once_in_each_bureau(office: Office, other_office: Office) -> None:
    await new_customer(office.admin, number="1001")
    second = await new_customer(office.admin, number="1002")

    posted = await office.admin.call("POST", "/v1/customers", json=customer_body(number="1001"))
    patched = await office.admin.call(
        "PATCH", f"/v1/customers/{second['id']}", version=1, json={"number": "1001"}
    )

    assert (posted.status_code, posted.json()["code"]) == (409, "number_taken")
    assert (patched.status_code, patched.json()["code"]) == (409, "number_taken")
    assert (await read(office.admin, second["id"]))["version"] == 1
    await new_customer(other_office.admin, number="1001")


async def test_a_change_takes_the_version_that_was_seen(office: Office, register: Register) -> None:
    customer = await new_customer(office.admin)
    path = f"/v1/customers/{customer['id']}"

    without = await office.admin.call("PATCH", path, json={"name": "Ny AB"})
    changed = await office.admin.call(
        "PATCH", path, version=1, json={"name": "Ny AB", "address": {"city": ""}}
    )
    late = await office.admin.call("PATCH", path, version=1, json={"name": "Äldre AB"})
    same = await office.admin.call("PATCH", path, version=2, json={"name": "Ny AB"})

    assert (without.status_code, late.status_code) == (428, 412)
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["name"] == "Ny AB"
    assert changed.json()["address"] == {**ADDRESS, "city": ""}
    assert changed.json()["failing_points"] == ["main_contact_missing", "address_incomplete"]
    assert same.json()["version"] == 2
    [event] = await register.published(CustomerChanged, customer_id=customer["id"])
    assert (event.sequence, event.name) == (2, "Ny AB")


async def test_a_company_keeps_an_organisation_number(office: Office) -> None:
    customer = await new_customer(office.admin)

    answer = await office.admin.call(
        "PATCH", f"/v1/customers/{customer['id']}", version=1, json={"organisation_number": None}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "organisation_number"


async def test_deactivating_and_activating_again(office: Office, register: Register) -> None:
    customer = await ready_customer(office.admin)
    path = f"/v1/customers/{customer['id']}"

    inactive = await office.admin.call("POST", f"{path}/deactivate")
    again = await office.admin.call("POST", f"{path}/deactivate")
    active = await office.admin.call("POST", f"{path}/activate")

    assert inactive.json()["active"] is False
    assert inactive.json()["ready"] is False
    assert inactive.json()["inactive_since"] is not None
    assert again.json()["version"] == inactive.json()["version"] == customer["version"] + 1
    assert (active.json()["active"], active.json()["ready"]) == (True, True)
    [left] = await register.published(CustomerDeactivated, customer_id=customer["id"])
    [came] = await register.published(CustomerReactivated, customer_id=customer["id"])
    assert (left.active, came.active, came.sequence) == (False, True, left.sequence + 1)


async def test_lists_are_filtered_and_paged(office: Office) -> None:
    ready = await ready_customer(office.admin, number="1", name="Lärkan 100% AB")
    await new_customer(office.admin, number="2", name="Gran AB")
    await new_customer(office.admin, number="3", kind="private_individual", organisation_number=None)
    await new_customer(office.admin, number="4", active=False)

    async def numbers(**params: object) -> list[str]:
        return [each["number"] for each in await customers_of(office.admin, **params)]

    assert await numbers(limit=1) == ["1", "2", "3", "4"]
    assert await numbers(active=False) == ["4"]
    assert await numbers(kind="private_individual") == ["3"]
    assert await numbers(readiness="ready") == ["1"]
    assert await numbers(readiness="not_ready") == ["2", "3", "4"]
    assert await numbers(q="lärkan") == ["1"]
    assert await numbers(q="0%") == ["1"]
    assert await numbers(q=ready["organisation_number"]) == ["1"]
    assert await numbers(responsible=str(uuid7())) == []
    [shown] = await customers_of(office.admin, readiness="ready")
    assert shown["main_contact"]["name"] == "Fatima Åkesson"


async def test_limited_employees_edit_only_their_own(office: Office) -> None:
    theirs = await ready_customer(office.admin)
    employee, limited = await office.employ(customers="limited")
    own = await new_customer(limited)
    path = f"/v1/customers/{theirs['id']}"

    seen = await limited.call("GET", path)
    changed = await limited.call("PATCH", path, version=2, json={"name": "X"})
    closed = await limited.call("POST", f"{path}/deactivate")
    added = await limited.call("POST", f"{path}/contacts", json={"name": "X"})
    given = await limited.call(
        "POST", "/v1/customers", json=customer_body(responsible_id=office.hat["employee_id"])
    )

    assert seen.status_code == 200
    for refused in (changed, closed, added, given):
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_permission")
    assert own["responsible_id"] == employee["id"]
    assert (
        await limited.call("PATCH", f"/v1/customers/{own['id']}", version=1, json={"name": "X"})
    ).status_code == 200
    await office.admin.call("PATCH", path, version=2, json={"participant_ids": [employee["id"]]})
    taking_part = await limited.call("PATCH", path, version=3, json={"name": "X"})
    assert taking_part.status_code == 200


async def test_only_colleagues_at_work_can_be_responsible(office: Office, other_office: Office) -> None:
    gone, _ = await office.employ()
    await office.admin.call("POST", f"/v1/employees/{gone['id']}/deactivate", json={})

    for stranger in (str(uuid7()), other_office.hat["employee_id"], gone["id"]):
        body = customer_body(responsible_id=stranger)
        answer = await office.admin.call("POST", "/v1/customers", json=body)
        assert answer.status_code == 404, stranger


async def test_another_bureau_finds_nothing(office: Office, other_office: Office) -> None:
    customer = await ready_customer(office.admin)
    contact_id = customer["main_contact"]["id"]
    path = f"/v1/customers/{customer['id']}"
    theirs = await new_customer(other_office.admin)

    answers = [
        await other_office.admin.call("GET", path),
        await other_office.admin.call("PATCH", path, version=2, json={"name": "X"}),
        await other_office.admin.call("POST", f"{path}/deactivate"),
        await other_office.admin.call("POST", f"{path}/activate"),
        await other_office.admin.call("GET", f"{path}/contacts"),
        await other_office.admin.call("POST", f"{path}/contacts", json={"name": "X"}),
        await other_office.admin.call("PUT", f"{path}/main-contact", json={"contact_id": None}),
        await other_office.admin.call("GET", f"/v1/contacts/{contact_id}"),
        await other_office.admin.call("PATCH", f"/v1/contacts/{contact_id}", version=1, json={"name": "X"}),
        await other_office.admin.call("DELETE", f"/v1/contacts/{contact_id}"),
        await other_office.admin.call(
            "PUT", f"/v1/customers/{theirs['id']}/main-contact", json={"contact_id": contact_id}
        ),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert await read(office.admin, customer["id"]) == customer
    assert [each["id"] for each in await customers_of(other_office.admin)] == [theirs["id"]]


async def test_an_employee_who_leaves_hands_customers_over(office: Office, register: Register) -> None:
    leaving, person = await office.employ(customers="full")
    own = await new_customer(person)
    inactive = await new_customer(person, active=False)
    mine = office.hat["employee_id"]
    shared = await new_customer(office.admin, participant_ids=[leaving["id"], mine])
    path = f"/v1/employees/{leaving['id']}/deactivate"

    refused = await office.admin.call("POST", path, json={})
    moved = await office.admin.call("POST", path, json={"transfer_to": mine})

    assert refused.status_code == 409
    assert {each["id"] for each in refused.json()["customers"]} == {own["id"], inactive["id"], shared["id"]}
    assert moved.status_code == 200, moved.text
    for customer in (own, inactive):
        assert (await read(office.admin, customer["id"]))["responsible_id"] == mine
        [event] = await register.published(CustomerChanged, customer_id=customer["id"])
        assert (event.responsible_id, event.sequence) == (UUID(mine), 2)
    assert (await read(office.admin, shared["id"]))["participant_ids"] == [mine]


@pytest.mark.parametrize(
    "written",
    [str.upper, lambda email: email.replace("@", "@xn--").replace("byran.", "byrn-roa.")],
    ids=["upper case", "domain in ASCII"],
)
async def test_readiness_follows_the_employees_addresses(
    office: Office, register: Register, written: Callable[[str], str]
) -> None:
    email = address("bo")
    spelt = written(email)
    email = normalised(spelt)
    customer = await new_customer(office.admin)
    await office.admin.call(
        "POST", f"/v1/customers/{customer['id']}/contacts", json={"name": "Bo", "email": spelt}
    )
    assert (await read(office.admin, customer["id"]))["ready"] is True

    employee, _ = await office.employ(email)
    hired = await read(office.admin, customer["id"])
    await office.admin.call("POST", f"/v1/employees/{employee['id']}/deactivate", json={})
    left = await read(office.admin, customer["id"])

    assert hired["failing_points"] == ["email_belongs_to_employee"]
    assert (left["ready"], left["version"]) == (True, hired["version"] + 1)
    events = await register.published(CustomerChanged, customer_id=customer["id"])
    assert [event.failing_points for event in events] == [[], ["email_belongs_to_employee"], []]
    assert await register.published(EmployeeAdded, employee_id=employee["id"])
