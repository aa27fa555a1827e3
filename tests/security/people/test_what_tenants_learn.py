"""Of people whom others have added without their doing, a tenant learns only what it has said itself."""

from typing import Any
from uuid import UUID

from shared.events.identity import EmployeeChanged, MemberAdded, MemberRoleChanged
from shared.events.invitations import CollaborationOpened
from tests.factories.customers import new_contact, new_customer, points_of
from tests.factories.events import event_of
from tests.factories.people import Person, accepted, new_person
from tests.factories.records import Customer, address
from tests.factories.service import Service


async def add(owner: Person, account_id: UUID, email: str, **more: Any) -> dict[str, Any]:
    answer = await owner.post(f"/v1/accounts/{account_id}/members", {"email": email, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_who_adds_a_member_learns_no_name_and_no_state(
    service: Service, owner: Person, account_id: UUID
) -> None:
    known, unknown = await new_person(service), address()
    await known.call("PATCH", "/v1/me", json={"name": "Hemlig Person", "language": "en"})
    added = [await add(owner, account_id, email) for email in (known.email, unknown)]
    for shown, email in zip(added, (known.email, unknown), strict=True):
        assert shown["name"] == email.partition("@")[0]
        assert shown["email_verified"] is False
        (event,) = await service.published(MemberAdded, account_id=account_id, email=email)
        assert event.name == shown["name"]
    path = f"/v1/accounts/{account_id}/members"
    await owner.call("PATCH", f"{path}/{known.user_id}", json={"role": "administrator"}, version="*")
    await known.call("PATCH", "/v1/me", json={"name": "Hemligare Person"})
    listed = await owner.get(path)
    assert "Hemlig" not in listed.text
    names = [each["name"] for each in listed.json()["items"]]
    paged, page = list[str](), await owner.read(path, limit=1)
    while page["next"]:
        paged.append(page["items"][0]["name"])
        page = await owner.read(path, limit=1, cursor=page["next"])
    assert [*paged, page["items"][0]["name"]] == names
    changes = await service.published(MemberRoleChanged, account_id=account_id)
    assert not [each for each in changes if "Hemlig" in each.name]


async def test_a_member_who_has_come_is_shown_by_the_own_name(
    service: Service, owner: Person, account_id: UUID
) -> None:
    known = await new_person(service)
    await known.call("PATCH", "/v1/me", json={"name": "Karin Berg"})
    await add(owner, account_id, known.email, name="K. B.")
    for _ in range(2):
        await known.log_in(account_id=str(account_id))
    shown = await owner.read(f"/v1/accounts/{account_id}/members/{known.user_id}")
    assert (shown["name"], shown["email_verified"], shown["version"]) == ("Karin Berg", True, 2)
    (event,) = await service.published(MemberRoleChanged, user_id=known.user_id)
    assert (event.name, event.sequence) == ("Karin Berg", 2)


async def test_a_bureau_learns_no_name_from_the_account_of_its_customer(
    service: Service, admin: Person, owner: Person, account_id: UUID
) -> None:
    known = await new_person(service)
    await known.call("PATCH", "/v1/me", json={"name": "Hemlig Person"})
    customer = await new_customer(admin)
    bureau_id = UUID(admin.hat["bureau_id"])
    tie = Customer(bureau_id, customer_id=UUID(customer["id"]), account_id=account_id)
    await service.deliver(event_of(CollaborationOpened, tie))
    await add(owner, account_id, known.email, role="administrator")
    shown = await admin.get(f"/v1/customers/{customer['id']}/account")
    contact = await admin.put(f"/v1/customers/{customer['id']}/contacts/members/{known.user_id}")
    assert known.email in shown.text
    assert "Hemlig" not in shown.text + contact.text


async def test_a_bureau_that_only_says_to_employ_a_person_learns_no_new_name(
    service: Service, admin: Person
) -> None:
    known = await new_person(service)
    employee = (await admin.post("/v1/employees", {"name": "X", "email": known.email})).json()
    await known.call("PATCH", "/v1/me", json={"name": "Hemlig Person"})
    assert (await admin.read(f"/v1/employees/{employee['id']}"))["name"] == "X"
    assert await service.published(EmployeeChanged, employee_id=employee["id"]) == []


async def test_adding_somebody_as_employee_is_no_tie_to_their_account(
    service: Service, admin: Person, owner: Person
) -> None:
    """Else a bureau could find out whose account a company's is."""
    customer = await new_customer(admin)
    await new_contact(admin, customer["id"])
    number = customer["organisation_number"]
    await service.deliver(accepted(owner, organisation_number=number))
    await admin.post("/v1/employees", {"name": "X", "email": owner.email})
    assert (await points_of(admin))["main_contact_not_administrator"] == []
    await owner.log_in(bureau_id=admin.hat["bureau_id"])
    (shown,) = (await points_of(admin))["main_contact_not_administrator"]
    assert shown["id"] == customer["id"]


async def test_the_id_of_a_person_does_not_tell_since_when_they_are_known(
    service: Service, owner: Person, account_id: UUID
) -> None:
    added = [await add(owner, account_id, address()) for _ in range(4)]
    moments = [UUID(each["user_id"]).int >> 80 for each in added]
    assert max(moments) - min(moments) > 60_000
    assert all(UUID(each["user_id"]).version == 7 for each in added)
