"""What a person is shown of themselves, and changes."""

from uuid import UUID

from shared.bus.consumer import Consumer
from shared.events.cases import CaseSent
from shared.events.identity import (
    EmployeeChanged,
    MemberRoleChanged,
)
from shared.ids import uuid7
from tests.identity.factories import Office, Person, Register


async def test_the_menu_shows_cases_once_the_first_has_come(
    consumer: Consumer, person: Person, account_id: UUID
) -> None:
    async def menu() -> list[str]:
        return list((await person.call("GET", "/v1/me")).json()["menu"])

    assert await menu() == ["invitations", "members"]
    sent = {
        "bureau_id": uuid7(),
        "case_id": uuid7(),
        "customer_id": uuid7(),
        "number": "2026-000001",
        "case_type": "question",
        "status": "sent",
        "account_id": account_id,
        "by": "bureau",
    }
    await consumer.deliver("identity.note-first-case", [CaseSent.model_validate(sent).to_wire()] * 2)
    assert await menu() == ["bureau_cases", "invitations", "members"]


async def test_a_new_name_reaches_every_bureau_and_account(
    register: Register, office: Office, other_office: Office, person: Person, account_id: UUID
) -> None:
    body = {"name": "A", "email": person.email}
    employees = [
        (await each.admin.call("POST", "/v1/employees", json=body)).json() for each in (office, other_office)
    ]
    changed = await person.call("PATCH", "/v1/me", json={"name": "Anna Nyman", "language": "en"})
    assert (changed.status_code, changed.json()["name"], changed.json()["language"]) == (
        200,
        "Anna Nyman",
        "en",
    )
    for place, employee in zip((office, other_office), employees, strict=True):
        (event,) = await register.published(EmployeeChanged, employee_id=employee["id"])
        assert (event.name, event.language, event.sequence) == ("Anna Nyman", "en", 2)
        path = f"/v1/employees/{employee['id']}"
        assert (await place.admin.call("GET", path)).json()["name"] == "Anna Nyman"
    (member,) = await register.published(MemberRoleChanged, account_id=account_id)
    assert (member.name, member.sequence) == ("Anna Nyman", 2)
    assert (await person.call("PATCH", "/v1/me", json={"email": "x@y.example"})).status_code == 422
    assert len((await person.call("GET", "/v1/me")).json()["hats"]) == 3
