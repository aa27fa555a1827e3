"""What a person is shown of themselves, and changes."""

from uuid import UUID

import pytest

from shared.events.cases import CaseSent
from shared.events.identity import (
    EmployeeChanged,
    MemberRoleChanged,
)
from shared.ids import uuid7
from tests.factories.events import event_of
from tests.factories.people import Person, employ
from tests.factories.records import Case
from tests.factories.service import Service


async def test_the_menu_shows_cases_once_the_first_has_come(
    service: Service, person: Person, account_id: UUID
) -> None:
    async def menu() -> list[str]:
        return list((await person.get("/v1/me")).json()["menu"])

    assert await menu() == ["invitations", "members"]
    sent = event_of(CaseSent, Case(uuid7(), uuid7(), account_id, by="bureau", recipient_ids=[]))
    await service.deliver(sent, sent)
    assert await menu() == ["bureau_cases", "invitations", "members"]


@pytest.mark.parametrize(
    ("account_role", "maintenance", "more"),
    [
        ("user", "none", []),
        ("user", "full", ["employees", "checklist", "settings", "invoices"]),
        ("administrator", "none", ["invoices"]),
        ("administrator", "full", ["employees", "checklist", "settings", "subscription", "invoices"]),
    ],
)
async def test_the_menu_offers_what_the_employee_may_open(
    service: Service, admin: Person, account_role: str, maintenance: str, more: list[str]
) -> None:
    _, person = await employ(service, admin, account_role=account_role, maintenance=maintenance)
    everyone = ["cases", "customers", "invitations", "templates"]
    assert (await person.get("/v1/me")).json()["menu"] == [*everyone, *more]


async def test_a_new_name_reaches_every_bureau_and_account(
    service: Service, admin: Person, other_admin: Person, person: Person, account_id: UUID
) -> None:
    body = {"name": "A", "email": person.email}
    employees = [(await each.post("/v1/employees", body)).json() for each in (admin, other_admin)]
    for place in (admin, other_admin):
        await person.log_in(bureau_id=place.hat["bureau_id"])
    changed = await person.call("PATCH", "/v1/me", json={"name": "Anna Nyman", "language": "en"})
    assert (changed.status_code, changed.json()["name"], changed.json()["language"]) == (
        200,
        "Anna Nyman",
        "en",
    )
    for place, employee in zip((admin, other_admin), employees, strict=True):
        (event,) = await service.published(EmployeeChanged, employee_id=employee["id"])
        assert (event.name, event.language, event.sequence) == ("Anna Nyman", "en", 2)
        path = f"/v1/employees/{employee['id']}"
        assert (await place.get(path)).json()["name"] == "Anna Nyman"
    (member,) = await service.published(MemberRoleChanged, account_id=account_id)
    assert (member.name, member.sequence) == ("Anna Nyman", 2)
    assert (await person.call("PATCH", "/v1/me", json={"email": "x@y.example"})).status_code == 422
    assert len((await person.get("/v1/me")).json()["hats"]) == 3
