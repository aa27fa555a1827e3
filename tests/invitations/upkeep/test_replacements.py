from typing import Any

import pytest

from shared.events.identity import (
    ContactChanged,
    CustomerEvent,
    MainContactChanged,
)
from shared.events.invitations import (
    InvitationRevoked,
    InvitationSent,
)
from shared.ids import uuid7
from tests.invitations.factories import BureauUnderTest, changed, main_contact


async def replaced(
    bureau: BureauUnderTest, customer: CustomerEvent, old: dict[str, Any], **fields: Any
) -> Any:
    """The only open invitation of the customer after its main contact has changed."""
    after = changed(customer, **fields)
    told = MainContactChanged(
        bureau_id=bureau.id,
        customer_id=customer.customer_id,
        main_contact=after.main_contact,
        sequence=after.sequence,
    )
    await bureau.hear("replace-invitation", told)
    await bureau.hear("track-customer", after)
    await bureau.hear("replace-invitation", told.model_copy(update={"id": uuid7()}))
    await bureau.hear("track-customer", customer.model_copy(update={"id": uuid7()}))
    assert (await bureau.invitation(old["id"]))["status"] == "revoked"
    return (await bureau.get(f"/invitations?status=sent&customer_id={customer.customer_id}")).json()["items"]


async def test_another_main_contact_gets_an_invitation_of_its_own(bureau: BureauUnderTest) -> None:
    customer, successor = await bureau.has_customer(), main_contact(name="Nils Ek", language="en")
    old = await bureau.invites(customer, message="Hej")
    (new,) = await replaced(bureau, customer, old, main_contact=successor)
    assert (new["email"], new["message"], new["sent_by"]) == (successor.email, "Hej", old["sent_by"])
    (revoked,) = await bureau.published(InvitationRevoked)
    assert isinstance(revoked, InvitationRevoked)
    assert revoked.replaced
    assert len(await bureau.published(InvitationSent)) == 2
    assert (await bureau.accepts(old, bureau.person(customer))).status_code == 410
    assert (await bureau.accepts(new, bureau.person(changed(customer, main_contact=successor)))).is_success


async def test_another_address_of_the_same_contact_replaces_too(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    assert customer.main_contact is not None
    old = await bureau.invites(customer)
    moved = customer.main_contact.model_copy(update={"email": "Ny.Adress@kund.example"})
    (new,) = await replaced(bureau, customer, old, main_contact=moved)
    assert new["email"] == "ny.adress@kund.example"
    same = changed(customer, sequence=5, main_contact=moved.model_copy(update={"name": "Karin Ek"}))
    await bureau.hear("track-customer", same)
    stale = ContactChanged(
        bureau_id=bureau.id,
        contact_id=customer.main_contact.contact_id,
        customer_id=customer.customer_id,
        name="Karin Ström",
        email=customer.main_contact.email,
        language="sv",
    )
    await bureau.hear("replace-invitation", stale)
    assert len(await bureau.published(InvitationSent)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"main_contact": None, "failing_points": ["main_contact_missing"]},
        {"main_contact": main_contact(email="nej"), "failing_points": ["email_invalid"]},
    ],
)
async def test_who_can_not_be_invited_is_not(bureau: BureauUnderTest, fields: dict[str, Any]) -> None:
    customer = await bureau.has_customer()
    old = await bureau.invites(customer)
    assert await replaced(bureau, customer, old, **fields) == []
    (revoked,) = await bureau.published(InvitationRevoked)
    assert isinstance(revoked, InvitationRevoked)
    assert not revoked.replaced


async def test_each_bureaus_invitation_is_replaced_for_itself(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    mine, theirs = await bureau.has_customer(), await other_bureau.has_customer()
    await bureau.invites(mine)
    kept = await other_bureau.invites(theirs)
    await bureau.hear(
        "track-customer", changed(mine, main_contact=main_contact()), changed(theirs, name="Nytt namn")
    )
    assert len(await bureau.published(InvitationSent)) == 2
    assert (await other_bureau.invitation(kept["id"]))["status"] == "sent"
