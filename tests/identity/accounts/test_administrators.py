"""A bureau sees who administers the account of its customer, and is told when that changes."""

from typing import Any
from uuid import UUID

import pytest

from shared.bus.consumer import Consumer
from shared.events.identity import AccountAdministratorChanged
from shared.events.invitations import CollaborationEnded, CollaborationEvent, CollaborationOpened
from shared.ids import uuid7
from tests.identity.customers.factories import new_contact, new_customer
from tests.identity.factories import Office, Person, Register


def collaboration(
    office: Office, customer: dict[str, Any], account_id: UUID, kind: type[CollaborationEvent], **more: Any
) -> CollaborationEvent:
    facts = {"bureau_id": office.bureau_id, "customer_id": customer["id"], "account_id": account_id}
    return kind.model_validate({"collaboration_id": uuid7(), **facts, **more})


@pytest.fixture
async def customer(office: Office, consumer: Consumer, account_id: UUID) -> dict[str, Any]:
    """A customer whose collaboration with the account is open."""
    customer = await new_customer(office.admin)
    opened = collaboration(office, customer, account_id, CollaborationOpened)
    await consumer.deliver("identity.track-collaboration", [opened.to_wire()])
    return customer


async def told(register: Register, office: Office) -> list[tuple[UUID, str, bool]]:
    events = await register.published(AccountAdministratorChanged, bureau_id=office.id)
    return [(each.customer_id, each.email, each.administrator) for each in events]


async def test_the_bureau_sees_who_administers_the_account_of_its_customer(
    office: Office, register: Register, person: Person, account_id: UUID, customer: dict[str, Any]
) -> None:
    stranger, plain = await register.person(), await register.person()
    members = f"/v1/accounts/{account_id}/members"
    await person.call("POST", members, json={"email": stranger.email, "role": "administrator"})
    await person.call("POST", members, json={"email": plain.email})
    contact = await new_contact(office.admin, customer["id"], email=person.email.upper())

    answer = await office.admin.call("GET", f"/v1/customers/{customer['id']}/account")

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["id"], shown["name"]) == (str(account_id), "Bageriet AB")
    administrators = [(each["email"], each["contact_id"], each["side"]) for each in shown["administrators"]]
    assert administrators == [(person.email, contact["id"], "customer"), (stranger.email, None, "customer")]
    assert all(each["name"] == "Anna Ek" and each["since"] for each in shown["administrators"])


async def test_without_an_open_collaboration_a_bureau_learns_nothing_of_an_account(
    office: Office, other_office: Office, consumer: Consumer, account_id: UUID, customer: dict[str, Any]
) -> None:
    alike = await new_customer(other_office.admin, organisation_number=customer["organisation_number"])
    former = await new_customer(other_office.admin)
    ended = collaboration(other_office, former, account_id, CollaborationEnded, sequence=2)
    await consumer.deliver("identity.track-collaboration", [ended.to_wire()])
    answers = [
        await other_office.admin.call("GET", f"/v1/customers/{each['id']}/account")
        for each in (alike, former, customer)
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 3


async def test_since_when_follows_the_role(
    office: Office, register: Register, person: Person, account_id: UUID, customer: dict[str, Any]
) -> None:
    other = await register.person()
    path = f"/v1/accounts/{account_id}/members"
    joined = (await person.call("POST", path, json={"email": other.email})).json()
    await person.call("PATCH", f"{path}/{other.user_id}", json={"role": "administrator"}, version=1)
    shown = (await office.admin.call("GET", f"/v1/customers/{customer['id']}/account")).json()
    (since,) = [each["since"] for each in shown["administrators"] if each["user_id"] == other.user_id]
    assert since > joined["added_at"]


async def test_the_bureau_is_told_when_who_administers_changes(
    office: Office,
    other_office: Office,
    register: Register,
    consumer: Consumer,
    person: Person,
    account_id: UUID,
    customer: dict[str, Any],
) -> None:
    former = await new_customer(other_office.admin)
    ended = collaboration(other_office, former, account_id, CollaborationEnded, sequence=2)
    await consumer.deliver("identity.track-collaboration", [ended.to_wire()])
    other = await register.person()
    path = f"/v1/accounts/{account_id}/members"
    own = f"{path}/{other.user_id}"

    await person.call("POST", path, json={"email": other.email})
    assert await told(register, office) == []
    await person.call("PATCH", own, json={"role": "administrator"}, version=1)
    await person.call("PATCH", own, json={"role": "administrator"}, version=2)
    await person.call("PATCH", "/v1/me", json={"name": "Anna Ek-Ny"})
    await person.call("PATCH", own, json={"role": "user"}, version=2)
    await person.call("DELETE", own)
    await person.call("POST", path, json={"email": other.email, "role": "administrator"})
    await person.call("DELETE", own)

    customer_id = UUID(customer["id"])
    expected = [(customer_id, other.email, administrator) for administrator in (True, False, True, False)]
    assert await told(register, office) == expected
    assert await told(register, other_office) == []
