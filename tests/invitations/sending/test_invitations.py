import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import update

from services.invitations.invitation.tables import Invitation
from shared.clock import utcnow
from shared.events import Event
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded
from shared.events.identity import CustomerChanged
from shared.events.invitations import InvitationExpired, InvitationResent, InvitationRevoked, InvitationSent
from tests.factories.callers import Caller, refusal
from tests.factories.events import event_of
from tests.factories.invitations import (
    accept,
    invite,
    main_contact_of,
    register_customer,
    ten_minutes_pass,
)
from tests.factories.records import Bureau, main_contact
from tests.factories.service import Service


async def test_an_invitation_is_sent_to_the_main_contact(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer, message="Välkommen!\nHälsningar Anna")
    contact = customer.main_contact
    assert contact is not None
    assert invitation["status"] == "sent"
    assert invitation["email"] == contact.email
    assert invitation["customer_number"] == customer.number
    assert invitation["mail"] == {"state": "pending"}
    (sent,) = await service.published(InvitationSent, bureau_id=bureau.id)
    assert isinstance(sent, InvitationSent)
    assert str(sent.invitation_id) == invitation["id"]
    assert (sent.contact_id, sent.email, sent.language) == (contact.contact_id, contact.email, "sv")
    assert sent.message == "Välkommen!\nHälsningar Anna"
    assert sent.sequence == 1


async def test_private_individuals_can_be_invited(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer = await register_customer(service, bureau, kind="private_individual", organisation_number=None)
    assert (await invite(admin, customer))["status"] == "sent"


async def test_without_the_feature_nothing_can_be_sent(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    ended = event_of(CaseManagementEnded, bureau, sequence=3)
    await service.deliver(ended)
    # An older event that comes late changes nothing.
    await service.deliver(
        event_of(CaseManagementActivated, bureau, activated_on=date(2026, 10, 1), sequence=2)
    )
    response = await admin.post("/v1/invitations", {"customer_id": str(customer.customer_id)})
    assert (response.status_code, response.json()["code"]) == (402, "feature_not_bought")
    response = await admin.post("/v1/invitations/batch", {"customer_ids": "all_ready"})
    assert (response.status_code, response.json()["code"]) == (402, "feature_not_bought")


@pytest.mark.parametrize(("ends_on", "status"), [(date(2026, 1, 31), 402), (date(2100, 1, 31), 201)])
async def test_a_cancelled_feature_can_be_used_until_its_end(
    service: Service, bureau: Bureau, admin: Caller, ends_on: date, status: int
) -> None:
    customer = await register_customer(service, bureau)
    cancelled = event_of(CaseManagementCancelled, bureau, ends_on=ends_on, sequence=2)
    await service.deliver(cancelled)
    response = await admin.post("/v1/invitations", {"customer_id": str(customer.customer_id)})
    assert response.status_code == status


async def test_every_failing_point_is_named(service: Service, bureau: Bureau, admin: Caller) -> None:
    points = ["email_invalid", "address_incomplete"]
    customer = await register_customer(service, bureau, failing_points=points, active=False)
    response = await admin.post("/v1/invitations", {"customer_id": str(customer.customer_id)})
    assert (response.status_code, response.json()["code"]) == (422, "customer_not_ready")
    assert [each["code"] for each in response.json()["errors"]] == ["customer_inactive", *points]
    assert await service.published(Event, bureau_id=bureau.id) == []


async def test_a_customer_has_one_open_invitation(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    response = await admin.post("/v1/invitations", {"customer_id": str(customer.customer_id)})
    assert (response.status_code, response.json()["code"]) == (409, "already_invited")
    assert response.json()["invitation_id"] == invitation["id"]
    assert invitation["id"] in response.json()["detail"]
    assert len(await service.published(InvitationSent, bureau_id=bureau.id)) == 1


async def test_inviting_many_times_at_once_sends_one(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer = await register_customer(service, bureau)
    body = {"customer_id": str(customer.customer_id)}
    single = [admin.post("/v1/invitations", body) for _ in range(4)]
    answers = await asyncio.gather(*single, admin.post("/v1/invitations/batch", {"all_ready": True}))
    assert {answer.status_code for answer in answers} <= {201, 202, 409}
    assert len(await service.published(InvitationSent, bureau_id=bureau.id)) == 1


async def test_an_overdue_invitation_does_not_stop_a_new_one(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    old = await invite(admin, customer)
    async with service.database.transaction(bureau_id=bureau.id) as session:
        await session.execute(update(Invitation).values(expires_at=utcnow()).filter_by(id=UUID(old["id"])))
    assert (await accept(main_contact_of(service, customer), old)).json()["code"] == "invitation_expired"
    await invite(admin, customer)
    assert (await admin.read(f"/v1/invitations/{old['id']}"))["status"] == "expired"
    assert len(await service.published(InvitationExpired, bureau_id=bureau.id)) == 1


async def test_a_collaborating_customer_is_not_invited_again(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    accepted = await accept(main_contact_of(service, customer), await invite(admin, customer))
    response = await admin.post("/v1/invitations", {"customer_id": str(customer.customer_id)})
    assert (response.status_code, response.json()["code"]) == (409, "already_collaborating")
    assert response.json()["collaboration_id"] == accepted.json()["collaboration_id"]


async def test_resend_renews_the_thirty_days(service: Service, bureau: Bureau, admin: Caller) -> None:
    invitation = await invite(admin, await register_customer(service, bureau))
    response = await admin.post(f"/v1/invitations/{invitation['id']}/resend")
    assert response.status_code == 200
    assert response.json()["expires_at"] > invitation["expires_at"]
    (resent,) = await service.published(InvitationResent, bureau_id=bureau.id)
    assert resent.sequence == 2


async def test_revoke_is_done_once_and_frees_the_customer(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    for _ in range(2):
        response = await admin.post(f"/v1/invitations/{invitation['id']}/revoke")
        assert (response.status_code, response.json()["status"]) == (200, "revoked")
    (revoked,) = await service.published(InvitationRevoked, bureau_id=bureau.id)
    assert isinstance(revoked, InvitationRevoked)
    assert not revoked.replaced
    response = await admin.post(f"/v1/invitations/{invitation['id']}/resend")
    assert (response.status_code, response.json()["code"]) == (409, "invitation_not_open")
    await ten_minutes_pass(service, invitation)
    await invite(admin, customer)


async def test_inviting_and_revoking_in_turns_sends_one_mail_in_ten_minutes(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer, neighbour = await register_customer(service, bureau), await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    await admin.post(f"/v1/invitations/{invitation['id']}/revoke")
    body = {"customer_id": str(customer.customer_id)}
    answers = await asyncio.gather(*[admin.post("/v1/invitations", body) for _ in range(5)])
    assert [refusal(each) for each in answers] == [(429, "invited_too_soon")] * 5
    assert all(590 < int(each.headers["retry-after"]) <= 600 for each in answers)
    both = [str(each.customer_id) for each in (customer, neighbour)]
    batch = await admin.post("/v1/invitations/batch", {"customer_ids": both})
    results = batch.json()["results"]
    assert [(each["status"], each["code"]) for each in results] == [
        ("refused", "invited_too_soon"),
        ("sent", None),
    ]
    assert len(await service.published(InvitationSent, customer_id=customer.customer_id)) == 1
    # Another person at the customer has got no mail yet.
    other = replace(customer, main_contact=main_contact())
    await service.deliver(event_of(CustomerChanged, other, sequence=2))
    await admin.post(f"/v1/invitations/{(await invite(admin, customer))['id']}/revoke")
    await service.deliver(event_of(CustomerChanged, customer, sequence=3))
    await ten_minutes_pass(service, invitation)
    await invite(admin, customer)


async def test_two_invitations_at_once_after_a_revocation_send_one_mail(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    body = {"customer_id": str(customer.customer_id)}

    async def invite_and_revoke() -> None:
        answer = await admin.post("/v1/invitations", body)
        if answer.status_code == 201:
            await admin.post(f"/v1/invitations/{answer.json()['id']}/revoke")

    await asyncio.gather(*[invite_and_revoke() for _ in range(6)])
    assert len(await service.published(InvitationSent, customer_id=customer.customer_id)) == 1


async def test_an_invitation_is_sent_again_at_most_once_in_ten_minutes(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    invitation = await invite(admin, await register_customer(service, bureau))
    path = f"/v1/invitations/{invitation['id']}/resend"
    answers = await asyncio.gather(*[admin.post(path) for _ in range(15)])
    refused = [each for each in answers if each.status_code != 200]
    assert [refusal(each) for each in refused] == [(429, "resent_too_soon")] * 14
    assert all(590 < int(each.headers["retry-after"]) <= 600 for each in refused)
    assert len(await service.published(InvitationResent, bureau_id=bureau.id)) == 1
    await ten_minutes_pass(service, invitation)
    assert (await admin.post(path)).status_code == 200
