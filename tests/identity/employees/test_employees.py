"""Employees come, change and go; the bureau keeps an administrator; walls between bureaus."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.identity.bureaus import queries
from shared.events.cases import CaseAssigned, CaseChanged, CaseClosed, CaseCreated
from shared.events.identity import (
    EmployeeAdded,
    EmployeeChanged,
    EmployeeDeactivated,
    PasswordResetRequested,
)
from shared.ids import uuid7
from tests.factories.callers import refusal
from tests.factories.events import event_of
from tests.factories.people import Person, choose_password, employ, reset_token, sign_up
from tests.factories.records import Bureau, Case, address
from tests.factories.service import Service

NEW = {"name": "Bo Ek", "account_role": "user", "maintenance": "none", "customers": "limited"}


async def test_a_new_employee_chooses_a_password_and_works(service: Service, admin: Person) -> None:
    employee, person = await employ(service, admin, customers="full")
    assert (employee["active"], employee["version"], employee["customers"]) == (True, 1, "full")
    me = (await person.get("/v1/me")).json()
    assert me["email_verified"]
    assert me["permissions"] == {"account_role": "user", "maintenance": "none", "customers": "full"}
    assert "employees" not in me["menu"]
    assert "customers" in me["menu"]
    (added,) = await service.published(EmployeeAdded, employee_id=employee["id"])
    assert (str(added.user_id), added.sequence) == (person.user_id, 1)


async def test_who_is_there_gets_a_hat_and_no_reset(
    service: Service, bureau: Bureau, admin: Person, person: Person
) -> None:
    answer = await admin.post("/v1/employees", {**NEW, "email": person.email.upper()})
    assert answer.status_code == 201
    (added,) = await service.published(EmployeeAdded, employee_id=answer.json()["id"])
    assert added.password_reset_id is None
    assert str(added.user_id) == person.user_id
    assert (await person.log_in(bureau_id=str(bureau.id)))["hat"]["bureau_id"] == str(bureau.id)


async def test_a_stranger_can_not_sign_up_ahead_of_an_employee(service: Service, admin: Person) -> None:
    stranger = await sign_up(service, address("vd"))
    session = await stranger.log_in()
    answer = await admin.post("/v1/employees", {**NEW, "email": stranger.email})
    (added,) = await service.published(EmployeeAdded, employee_id=answer.json()["id"])
    assert (await stranger.log_in())["hats"] == []
    await choose_password(service, added.password_reset_id, "fyra gula stolar")
    assert (await stranger.try_log_in()).status_code == 401
    body = {"refresh_token": session["refresh_token"]}
    assert (await service.client.post("/v1/sessions/refresh", json=body)).status_code == 401


async def test_the_same_address_twice(service: Service, admin: Person) -> None:
    employee, _ = await employ(service, admin)
    answer = await admin.post("/v1/employees", {**NEW, "email": employee["email"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "employee_exists")


async def test_only_full_maintenance_manages_employees(service: Service, admin: Person) -> None:
    employee, person = await employ(service, admin, account_role="administrator")
    path = f"/v1/employees/{employee['id']}"
    answers = [
        await person.post("/v1/employees", {**NEW, "email": address()}),
        await person.call("PATCH", path, json={"maintenance": "full"}, version=1),
        await person.post(f"{path}/deactivate"),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "missing_permission")] * 3
    assert (await person.get(path)).json()["maintenance"] == "none"
    assert len((await person.get("/v1/employees")).json()["items"]) == 2


async def test_changing_takes_the_version_that_was_seen(service: Service, admin: Person) -> None:
    employee, _ = await employ(service, admin)
    path = f"/v1/employees/{employee['id']}"
    assert (await admin.get(path)).headers["etag"] == '"1"'
    assert (await admin.call("PATCH", path, json={"name": "Bo"})).status_code == 428
    changed = await admin.call("PATCH", path, json={"name": "Bo"}, version=1)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (await admin.call("PATCH", path, json={"name": "Bo E"}, version=1)).status_code == 412
    (event,) = await service.published(EmployeeChanged, employee_id=employee["id"])
    assert (event.name, event.sequence) == ("Bo", 2)
    same = await admin.call("PATCH", path, json={"name": "Bo"}, version=2)
    assert same.headers["etag"] == '"2"'


async def test_a_restriction_takes_hold_of_tokens_that_are_out(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    employee, person = await employ(service, admin, maintenance="full")
    new = {**NEW, "email": address()}
    assert (await person.post("/v1/employees", new)).status_code == 201
    path = f"/v1/employees/{employee['id']}"
    await admin.call("PATCH", path, json={"maintenance": "none"}, version=1)
    refused = await person.post("/v1/employees", {**NEW, "email": address()})
    assert refused.json()["code"] == "missing_permission"
    await admin.post(f"{path}/deactivate")
    gone = await person.get("/v1/employees")
    assert (gone.status_code, gone.json()["code"]) == (401, "invalid_token")
    assert (await person.try_log_in(act_as={"bureau_id": str(bureau.id)})).json()["code"] == "no_such_hat"
    body = {"refresh_token": person.session["refresh_token"]}
    assert (await person.client.post("/v1/sessions/refresh", json=body)).json()["hat"] is None


async def test_an_employee_comes_back(service: Service, bureau: Bureau, admin: Person) -> None:
    employee, person = await employ(service, admin)
    path = f"/v1/employees/{employee['id']}"
    for _ in range(2):
        gone = await admin.post(f"{path}/deactivate")
        assert (gone.status_code, gone.json()["active"]) == (200, False)
    assert len(await service.published(EmployeeDeactivated, employee_id=employee["id"])) == 1
    refused = await admin.call("PATCH", path, json={"name": "Bo"}, version=2)
    assert refused.json()["code"] == "employee_inactive"
    listed = (await admin.get("/v1/employees", active=True)).json()["items"]
    assert [each["id"] for each in listed] == [admin.hat["employee_id"]]
    back = await admin.post("/v1/employees", {**NEW, "email": employee["email"]})
    assert (back.json()["id"], back.json()["version"]) == (employee["id"], 3)
    await person.log_in(bureau_id=str(bureau.id))
    assert (await person.get("/v1/employees")).status_code == 200


@pytest.mark.parametrize("change", [{"maintenance": "none"}, {"account_role": "user"}])
async def test_the_last_administrator_stays(service: Service, admin: Person, change: dict[str, str]) -> None:
    own = f"/v1/employees/{admin.hat['employee_id']}"
    await employ(service, admin, account_role="administrator")
    await employ(service, admin, maintenance="full")
    answers = [
        await admin.call("PATCH", own, json=change, version=1),
        await admin.post(f"{own}/deactivate"),
    ]
    assert [each.json()["code"] for each in answers] == ["last_administrator"] * 2
    assert (await admin.get(own)).json()["version"] == 1
    await employ(service, admin, account_role="administrator", maintenance="full")
    assert (await admin.call("PATCH", own, json=change, version=1)).status_code == 200


async def test_a_misspelt_address_is_corrected_before_it_is_used(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    added = await admin.post("/v1/employees", {**NEW, "email": address("felstavad")})
    employee, right = added.json(), address("ratt")
    (event,) = await service.published(EmployeeAdded, employee_id=employee["id"])
    path = f"/v1/employees/{employee['id']}"
    assert (await admin.call("PATCH", path, json={"email": right}, version=1)).status_code == 200
    old = f"/v1/password-resets/{reset_token(event.password_reset_id)}"
    assert (await service.client.put(old, json={"password": "ett nytt lösenord"})).status_code == 404
    (mail,) = await service.published(PasswordResetRequested, email=right)
    await choose_password(service, mail.reset_id)
    await Person(service.client, right).log_in(bureau_id=str(bureau.id))


async def test_a_bureau_does_not_move_how_a_person_logs_in(
    service: Service, bureau: Bureau, admin: Person
) -> None:
    employee, person = await employ(service, admin)
    work = address("arbete")
    path = f"/v1/employees/{employee['id']}"
    changed = await admin.call("PATCH", path, json={"email": work}, version=1)
    assert changed.json()["email"] == work
    assert await service.published(PasswordResetRequested, email=work) == []
    assert (await person.log_in(bureau_id=str(bureau.id)))["hat"] is not None
    taken = await admin.call("PATCH", path, json={"email": admin.email}, version=2)
    assert taken.json()["code"] == "employee_exists"


async def test_addresses_of_employees(service: Service, bureau: Bureau, admin: Person) -> None:
    employee, person = await employ(service, admin)
    work = address("arbete")
    await admin.call("PATCH", f"/v1/employees/{employee['id']}", json={"email": work}, version=1)
    async with service.database.transaction(bureau_id=bureau.id) as session:
        known = await queries.list_employee_emails(session, bureau.id)
    assert {email: str(employee_id) for email, employee_id in known.items()} == {
        admin.email: admin.hat["employee_id"],
        person.email: employee["id"],
        work: employee["id"],
    }


async def test_pages_of_employees(admin: Person) -> None:
    for name in ("Åke", "Bo", "Bo"):
        await admin.post("/v1/employees", {**NEW, "name": name, "email": address()})
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        found = (await admin.get("/v1/employees", limit=2, **cursor)).json()
        seen += [each["name"] for each in found["items"]]
        if found["next"] is None:
            break
        cursor = {"cursor": found["next"]}
    assert seen == ["Anna Ek", "Bo", "Bo", "Åke"]


async def test_two_administrators_can_not_deactivate_each_other_at_once(
    service: Service, admin: Person
) -> None:
    employee, other = await employ(service, admin, account_role="administrator", maintenance="full")
    own = f"/v1/employees/{admin.hat['employee_id']}/deactivate"
    answers = await asyncio.gather(admin.post(f"/v1/employees/{employee['id']}/deactivate"), other.post(own))
    done, refused = sorted(answer.status_code for answer in answers)
    # Whoever comes second is told that they are the last one, or that they are out already.
    assert (done, refused in (401, 409)) == (200, True)


async def test_deactivating_moves_what_the_person_is_responsible_for(service: Service, admin: Person) -> None:
    employee, _ = await employ(service, admin, customers="full")
    customer = await admin.post(
        "/v1/customers",
        {
            "number": "1001",
            "name": "Bageriet AB",
            "kind": "private_individual",
            "address": {"street": "A 1", "postal_code": "111 22", "city": "Umeå", "country": "SE"},
            "responsible_id": employee["id"],
        },
    )
    assert customer.status_code == 201, customer.text
    path = f"/v1/employees/{employee['id']}/deactivate"
    refused = await admin.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "must_be_moved")
    assert [each["number"] for each in refused.json()["customers"]] == ["1001"]
    to_self = await admin.post(path, {"transfer_to": employee["id"]})
    assert (to_self.status_code, to_self.json()["errors"][0]["field"]) == (422, "transfer_to")
    own = admin.hat["employee_id"]
    moved = await admin.post(path, {"transfer_to": own})
    assert (moved.status_code, moved.json()["active"]) == (200, False)
    found = await admin.get(f"/v1/customers/{customer.json()['id']}")
    assert found.json()["responsible_id"] == own


async def test_open_cases_must_be_moved_too(service: Service, bureau: Bureau, admin: Person) -> None:
    employee, _ = await employ(service, admin)
    case = Case(
        *(bureau.id, uuid7(), uuid7()), by="customer", recipient_ids=[], assignee_id=UUID(employee["id"])
    )
    untold = event_of(CaseChanged, replace(case, case_id=uuid7())).model_copy(update={"assignee_id": None})
    ended = replace(case, case_id=uuid7(), status="closed")
    await service.deliver(event_of(CaseCreated, case), event_of(CaseClosed, ended), untold)
    path = f"/v1/employees/{employee['id']}/deactivate"
    refused = await admin.post(path)
    assert refusal(refused) == (409, "must_be_moved")
    assert refused.json()["customers"] == []
    assert refused.json()["cases"] == [{"id": str(case.case_id), "number": case.number}]
    moved = event_of(CaseAssigned, replace(case, assignee_id=UUID(admin.hat["employee_id"])), sequence=2)
    await service.deliver(moved)
    await service.deliver(event_of(CaseChanged, case, sequence=1))
    assert (await admin.post(path)).status_code == 200
