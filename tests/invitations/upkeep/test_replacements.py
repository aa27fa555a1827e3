import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from shared.events.identity import (
    ContactChanged,
    CustomerChanged,
    CustomerDeactivated,
    CustomerReactivated,
    CustomerRegistered,
    MainContactChanged,
)
from shared.events.invitations import (
    InvitationRevoked,
    InvitationSent,
)
from tests.factories.callers import Caller, refusal
from tests.factories.events import event_of
from tests.factories.invitations import (
    accept,
    invite,
    main_contact_of,
    register_customer,
    ten_minutes_pass,
)
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


async def test_a_deactivated_customers_invitation_is_revoked(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    await service.deliver(event_of(CustomerDeactivated, replace(customer, active=False), sequence=2))
    assert (await admin.read(f"/v1/invitations/{invitation['id']}"))["status"] == "revoked"
    person = main_contact_of(service, customer)
    assert refusal(await accept(person, invitation)) == (410, "invitation_revoked")
    refused = await admin.post("/v1/invitations", {"customer_id": str(customer.customer_id)})
    assert refusal(refused) == (422, "customer_not_ready")
    await service.deliver(event_of(CustomerReactivated, customer, sequence=3))
    await ten_minutes_pass(service, invitation)
    assert (await accept(person, await invite(admin, customer))).is_success


async def test_accepting_while_the_customer_is_deactivated_ends_in_one_of_two_ways(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customers = [await register_customer(service, bureau) for _ in range(10)]
    invitations = [await invite(admin, customer) for customer in customers]
    inactive = [event_of(CustomerDeactivated, replace(each, active=False), sequence=2) for each in customers]
    answers = await asyncio.gather(
        *map(accept, [main_contact_of(service, each) for each in customers], invitations),
        *[service.deliver(event) for event in inactive],
    )
    collaborations = (await admin.read("/v1/collaborations", limit=200))["items"]
    paused = {each["customer_id"]: each["paused"] for each in collaborations}
    for customer, answer in zip(customers, answers[:10], strict=True):
        assert isinstance(answer, httpx.Response)
        if answer.status_code == 200:
            assert paused[str(customer.customer_id)] is True
        else:
            assert refusal(answer) == (410, "invitation_revoked")
            assert str(customer.customer_id) not in paused


async def test_going_back_and_forth_between_two_contacts_sends_each_one_mail(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    other = replace(customer, main_contact=main_contact())
    await invite(admin, customer)
    for sequence in range(2, 8):
        now = other if sequence % 2 == 0 else customer
        await service.deliver(event_of(CustomerChanged, now, sequence=sequence))
    mails = await service.published(InvitationSent, customer_id=customer.customer_id)
    emails = [each.main_contact.email for each in (customer, other) if each.main_contact]
    assert [mail.email for mail in mails] == emails
    assert (await admin.read("/v1/invitations", status="sent", customer_id=customer.customer_id))[
        "items"
    ] == []
