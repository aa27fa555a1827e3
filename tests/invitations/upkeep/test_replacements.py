from dataclasses import replace
from typing import Any

import pytest

from shared.events.identity import (
    ContactChanged,
    CustomerChanged,
    CustomerRegistered,
    MainContactChanged,
)
from shared.events.invitations import (
    InvitationRevoked,
    InvitationSent,
)
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.invitations import accept, invite, main_contact_of, register_customer
from tests.factories.records import Bureau, Contact, Customer, main_contact
from tests.factories.service import Service


async def replaced(service: Service, admin: Caller, customer: Customer, old: Any, **fields: Any) -> Any:
    """The only open invitation of the customer after its main contact has changed."""
    after = replace(customer, **fields)
    await service.deliver(event_of(MainContactChanged, after, sequence=2))
    await service.deliver(event_of(CustomerChanged, after, sequence=2))
    await service.deliver(event_of(MainContactChanged, after, sequence=2))
    await service.deliver(event_of(CustomerRegistered, customer))
    assert (await admin.read(f"/v1/invitations/{old['id']}"))["status"] == "revoked"
    query = {"status": "sent", "customer_id": customer.customer_id}
    return (await admin.read("/v1/invitations", **query))["items"]


async def test_another_main_contact_gets_an_invitation_of_its_own(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    successor = main_contact(name="Nils Ek", language="en")
    old = await invite(admin, customer, message="Hej")
    (new,) = await replaced(service, admin, customer, old, main_contact=successor)
    assert (new["email"], new["message"], new["sent_by"]) == (successor.email, "Hej", old["sent_by"])
    (revoked,) = await service.published(InvitationRevoked, bureau_id=bureau.id)
    assert isinstance(revoked, InvitationRevoked)
    assert revoked.replaced
    assert len(await service.published(InvitationSent, bureau_id=bureau.id)) == 2
    assert (await accept(main_contact_of(service, customer), old)).status_code == 410
    invited = main_contact_of(service, replace(customer, main_contact=successor))
    assert (await accept(invited, new)).is_success


async def test_another_address_of_the_same_contact_replaces_too(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    assert customer.main_contact is not None
    old = await invite(admin, customer)
    moved = customer.main_contact.model_copy(update={"email": "Ny.Adress@kund.example"})
    (new,) = await replaced(service, admin, customer, old, main_contact=moved)
    assert new["email"] == "ny.adress@kund.example"
    same = event_of(
        CustomerChanged, customer, sequence=5, main_contact=moved.model_copy(update={"name": "Karin Ek"})
    )
    await service.deliver(same)
    contact = Contact(bureau.id, customer.customer_id, contact_id=customer.main_contact.contact_id)
    stale = event_of(ContactChanged, contact, email=customer.main_contact.email)
    await service.deliver(stale)
    assert len(await service.published(InvitationSent, bureau_id=bureau.id)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"main_contact": None, "failing_points": ["main_contact_missing"]},
        {"main_contact": main_contact(email="nej"), "failing_points": ["email_invalid"]},
    ],
)
async def test_who_can_not_be_invited_is_not(
    service: Service, bureau: Bureau, admin: Caller, fields: dict[str, Any]
) -> None:
    customer = await register_customer(service, bureau)
    old = await invite(admin, customer)
    assert await replaced(service, admin, customer, old, **fields) == []
    (revoked,) = await service.published(InvitationRevoked, bureau_id=bureau.id)
    assert isinstance(revoked, InvitationRevoked)
    assert not revoked.replaced


async def test_each_bureaus_invitation_is_replaced_for_itself(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    mine, theirs = await register_customer(service, bureau), await register_customer(service, other_bureau)
    await invite(admin, mine)
    kept = await invite(other_admin, theirs)
    await service.deliver(
        event_of(CustomerChanged, mine, sequence=2, main_contact=main_contact()),
        event_of(CustomerChanged, theirs, sequence=2, name="Nytt namn"),
    )
    assert len(await service.published(InvitationSent, bureau_id=bureau.id)) == 2
    assert (await other_admin.read(f"/v1/invitations/{kept['id']}"))["status"] == "sent"
