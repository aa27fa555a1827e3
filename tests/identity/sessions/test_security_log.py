"""What identity tells the security log."""

import json
import logging
from typing import Any

import pytest

from shared import security
from shared.telemetry import JsonLines
from tests.factories.people import Person, employ, new_person
from tests.factories.records import Bureau, address, organisation_number
from tests.factories.service import Service


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    # The refusals of other tests in this minute leave no room for more lines.
    monkeypatch.setattr(security, "_minutes", {})
    caplog.set_level(logging.INFO, "arende.security")
    return caplog


def told(log: pytest.LogCaptureFixture, kind: str) -> list[dict[str, Any]]:
    lines = [json.loads(JsonLines().format(each)) for each in log.records if each.name == "arende.security"]
    return [line for line in lines if line["message"] == kind]


async def test_log_ins(person: Person, log: pytest.LogCaptureFixture) -> None:
    log.clear()
    await person.log_in()
    (entry,) = told(log, "logged_in")
    assert entry["person"] == (await person.read("/v1/me"))["id"]
    assert entry["session"] == person.session["session_id"]


async def test_failed_log_ins(person: Person, log: pytest.LogCaptureFixture) -> None:
    log.clear()
    await person.try_log_in(password="fel")
    await person.try_log_in(email=address())
    known, unknown = told(log, "log_in_failed")
    assert known["person"] == (await person.read("/v1/me"))["id"]
    assert "person" not in unknown
    assert person.email not in log.text


async def test_a_guess_at_a_sign_up(service: Service, bureau: Bureau, log: pytest.LogCaptureFixture) -> None:
    log.clear()
    body = {"name": "X", "email": bureau.email, "password": "en annan gissning"}
    sign_up = {
        "name": "Byrån AB",
        "organisation_number": organisation_number(),
        "address": {"street": "Storgatan 1", "postal_code": "111 22", "city": "Stockholm"},
        "email": bureau.email,
        "admin": body,
    }
    assert (await service.client.post("/v1/bureaus", json=sign_up)).status_code == 409
    (entry,) = told(log, "log_in_failed")
    assert (entry["code"], entry["service"]) == ("email_taken", "identity")


async def test_passwords(service: Service, log: pytest.LogCaptureFixture) -> None:
    person = await new_person(service)
    assert [each["person"] for each in told(log, "person_verified")] == [person.user_id]
    assert [each["person"] for each in told(log, "password_changed")] == [person.user_id]
    log.clear()
    change = {"current_password": "en annan gissning", "new_password": "fyra gula stolar"}
    await person.put("/v1/me/password", change)
    (entry,) = told(log, "log_in_failed")
    assert (entry["code"], entry["person"]) == ("wrong_password", person.user_id)
    assert "stolar" not in log.text


async def test_limits(person: Person, log: pytest.LogCaptureFixture) -> None:
    for _ in range(11):
        await person.try_log_in(password="fel")
    (entry,) = told(log, "limit_hit")
    assert entry["code"] == "too_many_attempts"


async def test_rights_of_employees(service: Service, admin: Person, log: pytest.LogCaptureFixture) -> None:
    employee, _ = await employ(service, admin)
    path, version = f"/v1/employees/{employee['id']}", employee["version"]
    await admin.call("PATCH", path, json={"name": "Bo Berg"}, version=version)
    await admin.call("PATCH", path, json={"customers": "full"}, version="*")
    await admin.post(f"{path}/deactivate", {})
    entries = told(log, "permissions_changed")
    assert [(each.get("customers"), each.get("rights")) for each in entries] == [
        ("limited", None),
        ("full", None),
        (None, "none"),
    ]
    assert {(each["person"], each["by"]) for each in entries} == {(employee["user_id"], admin.user_id)}


async def test_roles_of_members(
    account_id: str, service: Service, person: Person, log: pytest.LogCaptureFixture
) -> None:
    path = f"/v1/accounts/{account_id}/members"
    member = (await person.post(path, {"email": address(), "role": "user"})).json()["user_id"]
    await person.call("PATCH", f"{path}/{member}", json={"role": "administrator"}, version="*")
    await person.call("DELETE", f"{path}/{member}")
    entries = told(log, "role_changed")
    assert [each["role"] for each in entries] == ["user", "administrator", "none"]
    assert {(each["person"], each["account"]) for each in entries} == {(member, str(account_id))}
