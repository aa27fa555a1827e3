"""Whatever shows a customer, a contact or a bureau shows it as it is called today."""

from dataclasses import replace

from services.invitations.upkeep.jobs import remind_due
from shared.events.identity import (
    BureauRegistered,
    ContactChanged,
    CustomerChanged,
    CustomerRegistered,
)
from shared.events.invitations import InvitationReminded, InvitationSent
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.invitations import accept, invite, main_contact_of, register_customer, token_of
from tests.factories.records import Bureau, Contact, Member, main_contact
from tests.factories.service import Service
from tests.invitations.upkeep.test_timed import days


async def test_an_open_invitation_follows_the_names_of_customer_and_bureau(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    person = main_contact_of(service, customer)
    renamed = replace(customer, name="Nya Ek AB", number="N-1")
    await service.deliver(event_of(CustomerChanged, renamed, sequence=2))
    await service.deliver(event_of(CustomerRegistered, customer))
    await service.deliver(event_of(BureauRegistered, replace(bureau, name="Norrbyrån AB"), sequence=2))
    seen = await admin.read(f"/v1/invitations/{invitation['id']}")
    assert (seen["customer_name"], seen["customer_number"]) == ("Nya Ek AB", "N-1")
    (received,) = (await person.get("/v1/invitations/received")).json()["items"]
    assert (received["customer_name"], received["bureau_name"]) == ("Nya Ek AB", "Norrbyrån AB")
    (sent,) = await service.published(InvitationSent, bureau_id=bureau.id)
    page = (await service.client.get(f"/v1/invitations/by-token/{token_of(sent.invitation_id)}")).json()
    assert (page["customer_name"], page["bureau_name"]) == ("Nya Ek AB", "Norrbyrån AB")
    await remind_due(service.database, at=days(7.1))
    (reminded,) = await service.published(InvitationReminded, bureau_id=bureau.id)
    assert reminded.customer_name == "Nya Ek AB"


async def test_what_was_accepted_follows_too_for_both_sides(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    customer, foreign = (
        await register_customer(service, bureau),
        await register_customer(service, other_bureau),
    )
    invitation, other = await invite(admin, customer), await invite(other_admin, foreign)
    accepted = (await accept(main_contact_of(service, customer), invitation)).json()
    await service.deliver(event_of(CustomerChanged, replace(customer, name="Nya Ek AB"), sequence=2))
    assert customer.main_contact is not None
    member = service.caller(Member(accepted["account_id"], email=customer.main_contact.email))
    for side in (admin, member):
        (found,) = (await side.get("/v1/collaborations")).json()["items"]
        assert found["customer_name"] == "Nya Ek AB"
    assert (await admin.read(f"/v1/invitations/{invitation['id']}"))["customer_name"] == "Nya Ek AB"
    assert (await other_admin.read(f"/v1/invitations/{other['id']}"))["customer_name"] == foreign.name


async def test_a_contact_s_name_follows_also_of_one_who_is_the_main_contact_no_more(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    was = customer.main_contact
    assert was is not None
    invitation = await invite(admin, customer)
    await accept(main_contact_of(service, customer), invitation)
    path = f"/v1/invitations/{invitation['id']}"
    same = replace(customer, main_contact=was.model_copy(update={"name": "Åsa Berg"}))
    await service.deliver(event_of(CustomerChanged, same, sequence=2))
    assert (await admin.read(path))["contact_name"] == "Åsa Berg"
    await service.deliver(event_of(CustomerChanged, replace(same, main_contact=main_contact()), sequence=3))
    contact = Contact(
        bureau.id, customer.customer_id, contact_id=was.contact_id, email=was.email, name="Åsa Dahl"
    )
    await service.deliver(event_of(ContactChanged, contact, sequence=3))
    await service.deliver(event_of(ContactChanged, replace(contact, name="Åsa Ek"), sequence=2))
    assert (await admin.read(path))["contact_name"] == "Åsa Dahl"
