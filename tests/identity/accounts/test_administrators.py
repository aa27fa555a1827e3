"""A bureau sees who administers the account of its customer, and is told when that changes."""

from typing import Any
from uuid import UUID

import pytest

from shared.events.identity import AccountAdministratorChanged
from shared.events.invitations import CollaborationEnded, CollaborationOpened
from tests.factories.customers import new_contact, new_customer
from tests.factories.events import event_of
from tests.factories.people import Person, new_person
from tests.factories.records import Bureau, Customer
from tests.factories.service import Service


def known(bureau: Bureau, customer: dict[str, Any], account_id: UUID) -> Customer:
    return Customer(bureau.id, customer_id=UUID(customer["id"]), account_id=account_id)


@pytest.fixture
async def customer(service: Service, bureau: Bureau, admin: Person, account_id: UUID) -> dict[str, Any]:
    """A customer whose collaboration with the account is open."""
    customer = await new_customer(admin)
    opened = event_of(CollaborationOpened, known(bureau, customer, account_id))
    await service.deliver(opened)
    return customer


async def told(service: Service, bureau: Bureau) -> list[tuple[UUID, str, bool]]:
    events = await service.published(AccountAdministratorChanged, bureau_id=bureau.id)
    return [(each.customer_id, each.email, each.administrator) for each in events]


async def test_the_bureau_sees_who_administers_the_account_of_its_customer(
    service: Service, admin: Person, person: Person, account_id: UUID, customer: dict[str, Any]
) -> None:
    stranger, plain = await new_person(service), await new_person(service)
    members = f"/v1/accounts/{account_id}/members"
    await person.post(members, {"email": stranger.email, "role": "administrator"})
    await person.post(members, {"email": plain.email})
    contact = await new_contact(admin, customer["id"], email=person.email.upper())

    answer = await admin.get(f"/v1/customers/{customer['id']}/account")

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["id"], shown["name"]) == (str(account_id), "Bageriet AB")
    administrators = [(each["email"], each["contact_id"], each["side"]) for each in shown["administrators"]]
    assert administrators == [(person.email, contact["id"], "customer"), (stranger.email, None, "customer")]
    names = [each["name"] for each in shown["administrators"]]
    assert names == ["Anna Ek", stranger.email.partition("@")[0]]
    assert all(each["since"] for each in shown["administrators"])


async def test_without_an_open_collaboration_a_bureau_learns_nothing_of_an_account(
    service: Service, other_bureau: Bureau, other_admin: Person, account_id: UUID, customer: dict[str, Any]
) -> None:
    alike = await new_customer(other_admin, organisation_number=customer["organisation_number"])
    former = await new_customer(other_admin)
    ended = event_of(CollaborationEnded, known(other_bureau, former, account_id), sequence=2)
    await service.deliver(ended)
    answers = [
        await other_admin.get(f"/v1/customers/{each['id']}/account") for each in (alike, former, customer)
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 3


async def test_since_when_follows_the_role(
    service: Service, admin: Person, person: Person, account_id: UUID, customer: dict[str, Any]
) -> None:
    other = await new_person(service)
    path = f"/v1/accounts/{account_id}/members"
    joined = (await person.post(path, {"email": other.email})).json()
    await person.call("PATCH", f"{path}/{other.user_id}", json={"role": "administrator"}, version=1)
    shown = (await admin.get(f"/v1/customers/{customer['id']}/account")).json()
    (since,) = [each["since"] for each in shown["administrators"] if each["user_id"] == other.user_id]
    assert since > joined["added_at"]


async def test_the_bureau_is_told_when_who_administers_changes(
    service: Service,
    bureau: Bureau,
    other_bureau: Bureau,
    other_admin: Person,
    person: Person,
    account_id: UUID,
    customer: dict[str, Any],
) -> None:
    former = await new_customer(other_admin)
    ended = event_of(CollaborationEnded, known(other_bureau, former, account_id), sequence=2)
    await service.deliver(ended)
    other = await new_person(service)
    path = f"/v1/accounts/{account_id}/members"
    own = f"{path}/{other.user_id}"

    await person.post(path, {"email": other.email})
    assert await told(service, bureau) == []
    await person.call("PATCH", own, json={"role": "administrator"}, version=1)
    await person.call("PATCH", own, json={"role": "administrator"}, version=2)
    await person.call("PATCH", "/v1/me", json={"name": "Anna Ek-Ny"})
    await person.call("PATCH", own, json={"role": "user"}, version=2)
    await person.call("DELETE", own)
    await person.post(path, {"email": other.email, "role": "administrator"})
    await person.call("DELETE", own)

    customer_id = UUID(customer["id"])
    expected = [(customer_id, other.email, administrator) for administrator in (True, False, True, False)]
    assert await told(service, bureau) == expected
    assert await told(service, other_bureau) == []
