"""A bureau adds who writes to it to the customer's contacts, in one step."""

from typing import Any
from uuid import UUID

import pytest

from shared.events.identity import ContactAdded
from shared.events.invitations import CollaborationEnded, CollaborationOpened
from tests.factories.callers import refusal
from tests.factories.customers import new_contact, new_customer
from tests.factories.events import event_of
from tests.factories.people import Person, new_person
from tests.factories.records import Bureau, Customer
from tests.factories.service import Service


@pytest.fixture
async def known(service: Service, bureau: Bureau, admin: Person, account_id: UUID) -> Customer:
    """A customer whose collaboration with the account is open."""
    customer = await new_customer(admin)
    known = Customer(bureau.id, customer_id=UUID(customer["id"]), account_id=account_id)
    await service.deliver(event_of(CollaborationOpened, known))
    return known


def path(customer: Customer, user_id: Any) -> str:
    return f"/v1/customers/{customer.customer_id}/contacts/members/{user_id}"


async def test_a_member_becomes_a_contact_once(
    service: Service, admin: Person, person: Person, known: Customer
) -> None:
    before = await admin.get(f"/v1/customers/{known.customer_id}/contacts")
    for _ in range(2):
        added = await admin.put(path(known, person.user_id))
        assert added.status_code == 200, added.text
        assert (added.json()["email"], added.json()["can_receive_cases"]) == (person.email, True)
    after = await admin.get(f"/v1/customers/{known.customer_id}/contacts")
    assert len(after.json()["items"]) == len(before.json()["items"]) + 1
    told = await service.published(ContactAdded, customer_id=known.customer_id, email=person.email)
    assert [each.name for each in told] == [added.json()["name"]]


async def test_a_contact_with_the_members_address_stays_as_it_is(
    admin: Person, person: Person, known: Customer
) -> None:
    contact = await new_contact(admin, str(known.customer_id), email=person.email.upper())
    added = await admin.put(path(known, person.user_id))
    assert (added.json()["id"], added.json()["version"]) == (contact["id"], contact["version"])


async def test_nobody_else_is_found(
    service: Service, admin: Person, other_admin: Person, person: Person, known: Customer
) -> None:
    stranger = await new_person(service)
    assert refusal(await admin.put(path(known, stranger.user_id))) == (404, "not_found")
    assert refusal(await other_admin.put(path(known, person.user_id))) == (404, "not_found")
    await service.deliver(event_of(CollaborationEnded, known, sequence=2))
    assert refusal(await admin.put(path(known, person.user_id))) == (404, "not_found")
