import asyncio
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import update

from services.invitations.invitation.tables import Invitation
from shared.clock import utcnow
from shared.events.billing import CaseManagementCancelled, CaseManagementEnded
from shared.events.invitations import InvitationExpired, InvitationResent, InvitationRevoked, InvitationSent
from tests.invitations.factories import BureauUnderTest


async def test_an_invitation_is_sent_to_the_main_contact(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer, message="Välkommen!\nHälsningar Anna")
    contact = customer.main_contact
    assert contact is not None
    assert invitation["status"] == "sent"
    assert invitation["email"] == contact.email
    assert invitation["customer_number"] == customer.number
    assert invitation["mail"] == {"state": "pending"}
    (sent,) = await bureau.published(InvitationSent)
    assert isinstance(sent, InvitationSent)
    assert str(sent.invitation_id) == invitation["id"]
    assert (sent.contact_id, sent.email, sent.language) == (contact.contact_id, contact.email, "sv")
    assert sent.message == "Välkommen!\nHälsningar Anna"
    assert sent.sequence == 1


async def test_private_individuals_can_be_invited(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer(kind="private_individual", organisation_number=None)
    assert (await bureau.invites(customer))["status"] == "sent"


async def test_without_the_feature_nothing_can_be_sent(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    ended = CaseManagementEnded(bureau_id=bureau.id, subscription_id=bureau.subscription_id, sequence=3)
    await bureau.hear("track-feature", ended)
    # An older event that comes late changes nothing.
    await bureau.hear("track-feature", bureau.activated(sequence=2))
    response = await bureau.post("/invitations", {"customer_id": str(customer.customer_id)})
    assert (response.status_code, response.json()["code"]) == (402, "feature_not_bought")
    response = await bureau.post("/invitations/batch", {"customer_ids": "all_ready"})
    assert (response.status_code, response.json()["code"]) == (402, "feature_not_bought")


@pytest.mark.parametrize(("ends_on", "status"), [(date(2026, 1, 31), 402), (date(2100, 1, 31), 201)])
async def test_a_cancelled_feature_can_be_used_until_its_end(
    bureau: BureauUnderTest, ends_on: date, status: int
) -> None:
    customer = await bureau.has_customer()
    cancelled = CaseManagementCancelled(
        bureau_id=bureau.id, subscription_id=bureau.subscription_id, ends_on=ends_on, sequence=2
    )
    await bureau.hear("track-feature", cancelled)
    response = await bureau.post("/invitations", {"customer_id": str(customer.customer_id)})
    assert response.status_code == status


async def test_every_failing_point_is_named(bureau: BureauUnderTest) -> None:
    points = ["email_invalid", "address_incomplete"]
    customer = await bureau.has_customer(failing_points=points, active=False)
    response = await bureau.post("/invitations", {"customer_id": str(customer.customer_id)})
    assert (response.status_code, response.json()["code"]) == (422, "customer_not_ready")
    assert [each["code"] for each in response.json()["errors"]] == ["customer_inactive", *points]
    assert await bureau.published() == []


async def test_a_customer_has_one_open_invitation(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    response = await bureau.post("/invitations", {"customer_id": str(customer.customer_id)})
    assert (response.status_code, response.json()["code"]) == (409, "already_invited")
    assert response.json()["invitation_id"] == invitation["id"]
    assert invitation["id"] in response.json()["detail"]
    assert len(await bureau.published(InvitationSent)) == 1


async def test_inviting_many_times_at_once_sends_one(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    body = {"customer_id": str(customer.customer_id)}
    single = [bureau.post("/invitations", body) for _ in range(4)]
    answers = await asyncio.gather(*single, bureau.post("/invitations/batch", {"all_ready": True}))
    assert {answer.status_code for answer in answers} <= {201, 202, 409}
    assert len(await bureau.published(InvitationSent)) == 1


async def test_an_overdue_invitation_does_not_stop_a_new_one(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    old = await bureau.invites(customer)
    async with bureau.worker_db.transaction(bureau_id=bureau.id) as session:
        await session.execute(update(Invitation).values(expires_at=utcnow()).filter_by(id=UUID(old["id"])))
    assert (await bureau.accepts(old, bureau.person(customer))).json()["code"] == "invitation_expired"
    await bureau.invites(customer)
    assert (await bureau.invitation(old["id"]))["status"] == "expired"
    assert len(await bureau.published(InvitationExpired)) == 1


async def test_a_collaborating_customer_is_not_invited_again(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    accepted = await bureau.accepts(await bureau.invites(customer), bureau.person(customer))
    response = await bureau.post("/invitations", {"customer_id": str(customer.customer_id)})
    assert (response.status_code, response.json()["code"]) == (409, "already_collaborating")
    assert response.json()["collaboration_id"] == accepted.json()["collaboration_id"]


async def test_resend_renews_the_thirty_days(bureau: BureauUnderTest) -> None:
    invitation = await bureau.invites(await bureau.has_customer())
    response = await bureau.post(f"/invitations/{invitation['id']}/resend")
    assert response.status_code == 200
    assert response.json()["expires_at"] > invitation["expires_at"]
    (resent,) = await bureau.published(InvitationResent)
    assert resent.sequence == 2


async def test_revoke_is_done_once_and_frees_the_customer(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    for _ in range(2):
        response = await bureau.post(f"/invitations/{invitation['id']}/revoke")
        assert (response.status_code, response.json()["status"]) == (200, "revoked")
    (revoked,) = await bureau.published(InvitationRevoked)
    assert isinstance(revoked, InvitationRevoked)
    assert not revoked.replaced
    response = await bureau.post(f"/invitations/{invitation['id']}/resend")
    assert (response.status_code, response.json()["code"]) == (409, "invitation_not_open")
    await bureau.invites(customer)
