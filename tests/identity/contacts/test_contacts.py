from uuid import UUID

from shared.bus.consumer import Consumer
from shared.events.identity import (
    ContactAdded,
    ContactChanged,
    ContactRemoved,
    CustomerChanged,
    MainContactChanged,
)
from shared.events.invitations import CollaborationOpened
from shared.ids import uuid7
from tests.identity.customers.factories import new_contact, new_customer, read, ready_customer
from tests.identity.factories import Office, Register, accepted


async def test_the_first_contact_becomes_the_main_contact(office: Office, register: Register) -> None:
    customer = await new_customer(office.admin)
    path = f"/v1/customers/{customer['id']}/contacts"

    first = await new_contact(office.admin, customer["id"], name="Åsa")
    second = await new_contact(office.admin, customer["id"], name="Bo", language="en")

    assert (first["main_contact"], second["main_contact"]) == (True, False)
    assert (first["can_receive_cases"], first["reason"]) == (False, "no_collaboration")
    shown = (await office.admin.call("GET", path)).json()
    assert [each["name"] for each in shown["items"]] == ["Bo", "Åsa"]
    now = await read(office.admin, customer["id"])
    assert (now["main_contact"]["id"], now["ready"], now["version"]) == (first["id"], True, 2)
    added = await register.published(ContactAdded, customer_id=customer["id"])
    assert [(each.name, each.language) for each in added] == [("Åsa", "sv"), ("Bo", "en")]
    [changed] = await register.published(CustomerChanged, customer_id=customer["id"])
    [main] = await register.published(MainContactChanged, customer_id=customer["id"])
    assert changed.main_contact is not None
    assert changed.main_contact == main.main_contact
    assert (changed.main_contact.email, main.sequence) == (first["email"], 2)


async def test_a_new_address_of_the_main_contact_is_told(office: Office, register: Register) -> None:
    customer = await ready_customer(office.admin)
    path = f"/v1/contacts/{customer['main_contact']['id']}"

    wrong = await office.admin.call("PATCH", path, version=1, json={"email": "fatima(at)kund.example"})
    late = await office.admin.call("PATCH", path, version=1, json={"name": "X"})
    missing = await office.admin.call("PATCH", path, version=2, json={"email": None})
    renamed = await office.admin.call("PATCH", path, version=3, json={"name": "Fatima Ek"})
    same = await office.admin.call("PATCH", path, version=4, json={"name": "Fatima Ek"})

    assert [each.status_code for each in (wrong, late, missing, renamed, same)] == [200, 412, 200, 200, 200]
    assert same.json()["version"] == 4
    events = await register.published(CustomerChanged, customer_id=customer["id"])
    assert [each.failing_points for each in events] == [[], ["email_invalid"], *[["email_missing"]] * 2]
    assert [each.sequence for each in events] == [2, 3, 4, 5]
    told = await register.published(MainContactChanged, customer_id=customer["id"])
    assert [each.sequence for each in told] == [2, 3, 4]
    changed = await register.published(ContactChanged, customer_id=customer["id"])
    assert [each.sequence for each in changed] == [2, 3, 4]


async def test_another_main_contact_is_chosen(office: Office) -> None:
    customer = await ready_customer(office.admin)
    other = await new_contact(office.admin, customer["id"], email=None)
    path = f"/v1/customers/{customer['id']}/main-contact"
    foreign = await ready_customer(office.admin)

    stale = await office.admin.call("PUT", path, version=1, json={"contact_id": other["id"]})
    chosen = await office.admin.call("PUT", path, version=2, json={"contact_id": other["id"]})
    again = await office.admin.call("PUT", path, json={"contact_id": other["id"]})
    wrong = await office.admin.call("PUT", path, json={"contact_id": foreign["main_contact"]["id"]})
    none = await office.admin.call("PUT", path, json={"contact_id": None})

    assert (stale.status_code, wrong.status_code) == (412, 404)
    assert chosen.json()["failing_points"] == ["email_missing"]
    assert again.json()["version"] == chosen.json()["version"] == 3
    assert none.json()["failing_points"] == ["main_contact_missing"]


async def test_removing_the_main_contact_leaves_none(office: Office, register: Register) -> None:
    customer = await ready_customer(office.admin)
    contact_id = customer["main_contact"]["id"]

    answer = await office.admin.call("DELETE", f"/v1/contacts/{contact_id}")

    assert answer.status_code == 204
    now = await read(office.admin, customer["id"])
    assert (now["main_contact"], now["failing_points"]) == (None, ["main_contact_missing"])
    assert (await office.admin.call("GET", f"/v1/contacts/{contact_id}")).status_code == 404
    [removed] = await register.published(ContactRemoved, customer_id=customer["id"])
    assert removed.sequence == 2
    told = await register.published(MainContactChanged, customer_id=customer["id"])
    assert told[-1].main_contact is None


async def test_who_can_receive_cases(office: Office, register: Register, consumer: Consumer) -> None:
    customer = await new_customer(office.admin)
    person = await register.person()
    member = await new_contact(office.admin, customer["id"], email=person.email.upper())
    stranger = await new_contact(office.admin, customer["id"])
    unreachable = await new_contact(office.admin, customer["id"], email="")
    customer_id, account_id = UUID(customer["id"]), uuid7()
    invitation = accepted(
        person,
        bureau_id=office.bureau_id,
        customer_id=customer_id,
        account_id=account_id,
        organisation_number=customer["organisation_number"],
    )
    await consumer.deliver("identity.open-account", [invitation.to_wire()])
    opened = CollaborationOpened(
        bureau_id=office.bureau_id, collaboration_id=uuid7(), customer_id=customer_id, account_id=account_id
    )

    await consumer.deliver("identity.track-collaboration", [opened.to_wire()])

    answer = await office.admin.call("GET", f"/v1/customers/{customer['id']}/contacts")
    shown = {each["id"]: (each["can_receive_cases"], each["reason"]) for each in answer.json()["items"]}
    assert shown == {
        member["id"]: (True, None),
        stranger["id"]: (False, "not_a_member"),
        unreachable["id"]: (False, "email_missing"),
    }
