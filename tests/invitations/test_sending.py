import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from services.invitations.invitation.tables import Invitation
from shared.clock import utcnow
from shared.events.billing import CaseManagementCancelled, CaseManagementEnded
from shared.events.invitations import InvitationExpired, InvitationResent, InvitationRevoked, InvitationSent
from shared.ids import uuid7
from tests.invitations.factories import BureauUnderTest, changed


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


async def test_a_limited_employee_invites_only_its_own(bureau: BureauUnderTest) -> None:
    employee_id = uuid7()
    limited = bureau.employee(employee_id=employee_id, customers="limited", maintenance="none")
    own = await bureau.has_customer(responsible_id=employee_id)
    shared = await bureau.has_customer(participant_ids=[uuid7(), employee_id])
    foreign = await bureau.has_customer()
    response = await bureau.post("/invitations", {"customer_id": str(foreign.customer_id)}, by=limited)
    assert (response.status_code, response.json()["code"]) == (403, "missing_permission")
    for customer in (own, shared):
        response = await bureau.post("/invitations", {"customer_id": str(customer.customer_id)}, by=limited)
        assert response.status_code == 201
    not_own = await bureau.invites(foreign)
    listed = (await bureau.get("/invitations?status=sent", by=limited)).json()["items"]
    assert {each["customer_id"] for each in listed} == {str(own.customer_id), str(shared.customer_id)}
    assert (await bureau.get(f"/invitations/{not_own['id']}", by=limited)).status_code == 404
    for action in ("resend", "revoke"):
        response = await bureau.post(f"/invitations/{not_own['id']}/{action}", by=limited)
        assert response.status_code == 403
    overseer = bureau.employee(customers="limited", maintenance="full")
    assert len((await bureau.get("/invitations", by=overseer)).json()["items"]) == 3


async def test_another_bureaus_rows_do_not_exist(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    stranger = other_bureau.employee()
    before = await bureau.row(invitation["id"])
    answers = [
        await bureau.post("/invitations", {"customer_id": str(customer.customer_id)}, by=stranger),
        await bureau.get(f"/invitations/{invitation['id']}", by=stranger),
        *[
            await bureau.post(f"/invitations/{invitation['id']}/{action}", by=stranger)
            for action in ("resend", "revoke", "accept", "decline")
        ],
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert (await bureau.get("/invitations", by=stranger)).json()["items"] == []
    after = await bureau.row(invitation["id"])
    assert (after.version, after.status) == (before.version, before.status)


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


async def test_a_batch_answers_each_ones_result(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    ready, foreign = await bureau.has_customer(), await other_bureau.has_customer()
    unready = await bureau.has_customer(failing_points=["email_missing"])
    invited = await bureau.has_customer()
    earlier = await bureau.invites(invited)
    wanted = [ready, unready, invited, foreign, ready]
    ids = [str(each.customer_id) for each in wanted]
    response = await bureau.post("/invitations/batch", {"customer_ids": ids})
    assert response.status_code == 202
    batch: dict[str, Any] = response.json()
    assert (batch["total"], batch["done"], batch["sent"], batch["refused"]) == (4, 4, 1, 3)
    first, second, third, fourth = batch["results"]
    assert (first["status"], first["number"], first["code"]) == ("sent", ready.number, None)
    assert (second["code"], second["points"]) == ("customer_not_ready", ["email_missing"])
    assert (third["code"], third["invitation_id"]) == ("already_invited", earlier["id"])
    assert (fourth["code"], fourth["name"]) == ("not_found", None)
    assert (await bureau.get(f"/invitations/batch/{batch['id']}")).json() == batch
    stranger = other_bureau.employee()
    assert (await bureau.get(f"/invitations/batch/{batch['id']}", by=stranger)).status_code == 404
    assert len(await bureau.published(InvitationSent)) == 2


@pytest.mark.parametrize("body", [{"customer_ids": "all_ready"}, {"all_ready": True}])
async def test_all_that_are_ready_are_invited(bureau: BureauUnderTest, body: dict[str, Any]) -> None:
    employee_id = uuid7()
    own = await bureau.has_customer(responsible_id=employee_id)
    other = await bureau.has_customer()
    await bureau.has_customer(active=False)
    await bureau.has_customer(failing_points=["address_incomplete"], main_contact=None)
    await bureau.invites(await bureau.has_customer())
    limited = bureau.employee(employee_id=employee_id, customers="limited", maintenance="none")
    first = (await bureau.post("/invitations/batch", body, by=limited)).json()
    assert [each["customer_id"] for each in first["results"]] == [str(own.customer_id)]
    second = (await bureau.post("/invitations/batch", body)).json()
    assert [each["customer_id"] for each in second["results"]] == [str(other.customer_id)]
    assert (await bureau.post("/invitations/batch", body)).json()["total"] == 0


async def test_a_batch_of_ten_thousand(bureau: BureauUnderTest) -> None:
    first = await bureau.has_customer()
    customers = [changed(first, customer_id=uuid7(), sequence=1) for _ in range(9_999)]
    for start in range(0, len(customers), 500):
        await bureau.hear("track-customer", *customers[start : start + 500])
    ids = [str(each.customer_id) for each in (first, *customers)]
    began = utcnow()
    response = await bureau.post("/invitations/batch", {"customer_ids": ids})
    assert (utcnow() - began).total_seconds() < 30
    assert (response.status_code, response.json()["sent"]) == (202, 10_000)
    refused = await bureau.post("/invitations/batch", {"customer_ids": [*ids, str(uuid7())]})
    assert refused.status_code == 422


@pytest.mark.parametrize("body", [{}, {"customer_ids": [], "all_ready": True}, {"customer_ids": "all"}])
async def test_a_batch_names_its_customers(bureau: BureauUnderTest, body: dict[str, Any]) -> None:
    assert (await bureau.post("/invitations/batch", body)).status_code == 422


async def test_lists_are_paged_newest_first(bureau: BureauUnderTest) -> None:
    sent = [await bureau.invites(await bureau.has_customer()) for _ in range(3)]
    await bureau.post(f"/invitations/{sent[0]['id']}/revoke")
    first = (await bureau.get("/invitations?limit=2")).json()
    second = (await bureau.get(f"/invitations?limit=2&cursor={first['next']}")).json()
    ids = [each["id"] for each in (*first["items"], *second["items"])]
    assert ids == [each["id"] for each in reversed(sent)]
    revoked = (await bureau.get("/invitations?status=revoked")).json()["items"]
    assert [each["id"] for each in revoked] == [sent[0]["id"]]
    member = bureau.tokens.member(uuid7())
    assert (await bureau.get("/invitations", by=member)).status_code == 403
