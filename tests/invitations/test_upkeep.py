import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.invitations.upkeep.jobs import expire_overdue, remind_due
from shared.clock import utcnow
from shared.events.billing import CaseManagementEnded
from shared.events.identity import ContactChanged, CustomerEvent, MainContactChanged
from shared.events.invitations import (
    InvitationExpired,
    InvitationReminded,
    InvitationRevoked,
    InvitationSent,
)
from shared.events.notifications import MailBounced, MailEvent, MailFailed, MailSent
from shared.ids import uuid7
from tests.invitations.factories import BureauUnderTest, changed, main_contact


def days(number: float) -> Any:
    return utcnow() + timedelta(days=number)


async def test_it_expires_after_thirty_days(bureau: BureauUnderTest) -> None:
    invitation = await bureau.invites(await bureau.has_customer())
    await expire_overdue(bureau.worker_db, at=days(29.9))
    assert (await bureau.row(invitation["id"])).status == "sent"
    await asyncio.gather(*[expire_overdue(bureau.worker_db, at=days(30.1)) for _ in range(3)])
    assert (await bureau.row(invitation["id"])).status == "expired"
    (expired,) = await bureau.published(InvitationExpired)
    assert expired.sequence == 2


async def test_two_reminders_a_week_apart(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    counted = []
    for day in (6.9, 7.1, 7.2, 14, 14.2, 21.5, 28.5):
        await asyncio.gather(*[remind_due(bureau.worker_db, at=days(day)) for _ in range(2)])
        counted.append((await bureau.row(invitation["id"])).reminders)
    assert counted == [0, 1, 1, 1, 2, 2, 2]
    first, second = await bureau.published(InvitationReminded)
    assert (first.sequence, second.sequence) == (2, 3)
    assert isinstance(first, InvitationReminded)
    assert customer.main_contact is not None
    assert first.email == customer.main_contact.email


async def test_after_downtime_one_reminder_comes_not_two(bureau: BureauUnderTest) -> None:
    invitation = await bureau.invites(await bureau.has_customer())
    await remind_due(bureau.worker_db, at=days(25))
    assert (await bureau.row(invitation["id"])).reminders == 1


async def test_no_reminder_where_the_mail_bounced_or_the_feature_ended(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    bounced = await bureau.invites(await bureau.has_customer())
    await bureau.hear("note-mail", mail(MailBounced, bureau, bounced["id"]))
    await other_bureau.invites(await other_bureau.has_customer())
    ended = CaseManagementEnded(
        bureau_id=other_bureau.id, subscription_id=other_bureau.subscription_id, sequence=2
    )
    await other_bureau.hear("track-feature", ended)
    await remind_due(bureau.worker_db, at=days(8))
    assert await bureau.published(InvitationReminded) == []
    assert await other_bureau.published(InvitationReminded) == []


def mail(event: type[MailEvent], bureau: BureauUnderTest, invitation_id: str, **overrides: Any) -> MailEvent:
    fields = {"bureau_id": bureau.id, "about": "invitation", "about_id": invitation_id}
    return event(**{**fields, "mail_id": uuid7(), "kind": "invitation", **overrides})


@pytest.mark.parametrize("backwards", [False, True])
async def test_what_became_of_the_mail_shows(bureau: BureauUnderTest, backwards: bool) -> None:
    invitation = await bureau.invites(await bureau.has_customer())
    older, newer = uuid7(), uuid7()
    events = [
        mail(MailFailed, bureau, invitation["id"], mail_id=older),
        mail(MailSent, bureau, invitation["id"], mail_id=newer),
        mail(MailBounced, bureau, invitation["id"], mail_id=newer),
    ]
    for event in reversed(events) if backwards else events:
        await bureau.hear("note-mail", event)
    told = mail(MailSent, bureau, invitation["id"], kind="acceptance_refused")
    await bureau.hear("note-mail", told, mail(MailSent, bureau, str(uuid7()), about="case"))
    assert (await bureau.invitation(invitation["id"]))["mail"] == {"state": "bounced"}


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
