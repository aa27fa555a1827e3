from uuid import UUID

from shared.events.identity import (
    ContactAdded,
    ContactChanged,
    ContactRemoved,
    CustomerChanged,
    MainContactChanged,
)
from shared.events.invitations import CollaborationOpened
from shared.ids import uuid7
from tests.factories.callers import failing_field
from tests.factories.customers import new_contact, new_customer, read_customer, ready_customer
from tests.factories.events import event_of
from tests.factories.people import Person, accepted, new_person
from tests.factories.records import Bureau, Customer
from tests.factories.service import Service


async def test_the_first_contact_becomes_the_main_contact(service: Service, admin: Person) -> None:
    customer = await new_customer(admin)
    path = f"/v1/customers/{customer['id']}/contacts"

    first = await new_contact(admin, customer["id"], name="Åsa")
    second = await new_contact(admin, customer["id"], name="Bo", language="en")

    assert (first["main_contact"], second["main_contact"]) == (True, False)
    assert (first["can_receive_cases"], first["reason"]) == (False, "no_collaboration")
    shown = (await admin.get(path)).json()
    assert [each["name"] for each in shown["items"]] == ["Bo", "Åsa"]
    now = await read_customer(admin, customer["id"])
    assert (now["main_contact"]["id"], now["ready"], now["version"]) == (first["id"], True, 2)
    added = await service.published(ContactAdded, customer_id=customer["id"])
    assert [(each.name, each.language) for each in added] == [("Åsa", "sv"), ("Bo", "en")]
    [changed] = await service.published(CustomerChanged, customer_id=customer["id"])
    [main] = await service.published(MainContactChanged, customer_id=customer["id"])
    assert changed.main_contact is not None
    assert changed.main_contact == main.main_contact
    assert (changed.main_contact.email, main.sequence) == (first["email"], 2)


async def test_a_new_address_of_the_main_contact_is_told(service: Service, admin: Person) -> None:
    customer = await ready_customer(admin)
    path = f"/v1/contacts/{customer['main_contact']['id']}"

    wrong = await admin.call("PATCH", path, version=1, json={"email": "fatima(at)kund.example"})
    late = await admin.call("PATCH", path, version=1, json={"name": "X"})
    missing = await admin.call("PATCH", path, version=2, json={"email": None})
    renamed = await admin.call("PATCH", path, version=3, json={"name": "Fatima Ek"})
    same = await admin.call("PATCH", path, version=4, json={"name": "Fatima Ek"})

    assert [each.status_code for each in (wrong, late, missing, renamed, same)] == [200, 412, 200, 200, 200]
    assert same.json()["version"] == 4
    events = await service.published(CustomerChanged, customer_id=customer["id"])
    assert [each.failing_points for each in events] == [[], ["email_invalid"], *[["email_missing"]] * 2]
    assert [each.sequence for each in events] == [2, 3, 4, 5]
    told = await service.published(MainContactChanged, customer_id=customer["id"])
    assert [each.sequence for each in told] == [2, 3, 4]
    changed = await service.published(ContactChanged, customer_id=customer["id"])
    assert [each.sequence for each in changed] == [2, 3, 4]


async def test_another_main_contact_is_chosen(admin: Person) -> None:
    customer = await ready_customer(admin)
    other = await new_contact(admin, customer["id"], email=None)
    path = f"/v1/customers/{customer['id']}/main-contact"
    foreign = await ready_customer(admin)

    stale = await admin.call("PUT", path, version=1, json={"contact_id": other["id"]})
    chosen = await admin.call("PUT", path, version=2, json={"contact_id": other["id"]})
    again = await admin.put(path, {"contact_id": other["id"]})
    wrong = await admin.put(path, {"contact_id": foreign["main_contact"]["id"]})
    none = await admin.put(path, {"contact_id": None})

    assert stale.status_code == 412
    assert failing_field(wrong) == (422, "contact_id", "not_found")
    assert chosen.json()["failing_points"] == ["email_missing"]
    assert again.json()["version"] == chosen.json()["version"] == 3
    assert none.json()["failing_points"] == ["main_contact_missing"]


async def test_removing_the_main_contact_leaves_none(service: Service, admin: Person) -> None:
    customer = await ready_customer(admin)
    contact_id = customer["main_contact"]["id"]

    answer = await admin.call("DELETE", f"/v1/contacts/{contact_id}")

    assert answer.status_code == 204
    now = await read_customer(admin, customer["id"])
    assert (now["main_contact"], now["failing_points"]) == (None, ["main_contact_missing"])
    assert (await admin.get(f"/v1/contacts/{contact_id}")).status_code == 404
    [removed] = await service.published(ContactRemoved, customer_id=customer["id"])
    assert removed.sequence == 2
    told = await service.published(MainContactChanged, customer_id=customer["id"])
    assert told[-1].main_contact is None


async def test_who_can_receive_cases(service: Service, bureau: Bureau, admin: Person) -> None:
    customer = await new_customer(admin)
    person = await new_person(service)
    member = await new_contact(admin, customer["id"], email=person.email.upper())
    stranger = await new_contact(admin, customer["id"])
    unreachable = await new_contact(admin, customer["id"], email="")
    customer_id, account_id = UUID(customer["id"]), uuid7()
    invitation = accepted(
        person,
        bureau_id=bureau.id,
        customer_id=customer_id,
        account_id=account_id,
        organisation_number=customer["organisation_number"],
    )
    await service.deliver(invitation)
    known = Customer(bureau.id, customer_id=customer_id, account_id=account_id)
    opened = event_of(CollaborationOpened, known)

    await service.deliver(opened)

    answer = await admin.get(f"/v1/customers/{customer['id']}/contacts")
    shown = {each["id"]: (each["can_receive_cases"], each["reason"]) for each in answer.json()["items"]}
    assert shown == {
        member["id"]: (True, None),
        stranger["id"]: (False, "not_a_member"),
        unreachable["id"]: (False, "email_missing"),
    }
