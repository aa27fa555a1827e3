import asyncio
from datetime import date, timedelta
from uuid import UUID

from shared.clock import stockholm_date, utcnow
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded
from shared.events.invitations import (
    CollaborationOpened,
    InvitationAccepted,
    InvitationDeclined,
)
from shared.ids import uuid7
from tests.factories.callers import Caller, refusal
from tests.factories.events import event_of
from tests.factories.invitations import accept, invite, main_contact_of, register_customer, stored, token_of
from tests.factories.records import Bureau, User
from tests.factories.service import Service


async def test_accepting_opens_account_and_collaboration(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation, user_id = await invite(admin, customer), uuid7()
    person = main_contact_of(service, customer, user_id=user_id)
    received = (await person.get("/v1/invitations/received")).json()["items"]
    assert [(each["id"], each["bureau_name"], each["status"]) for each in received] == [
        (invitation["id"], bureau.name, "sent")
    ]
    response = await accept(person, invitation)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["status"] == "accepted"
    (accepted,) = await service.published(InvitationAccepted, bureau_id=bureau.id)
    (opened,) = await service.published(CollaborationOpened, bureau_id=bureau.id)
    assert isinstance(accepted, InvitationAccepted)
    assert isinstance(opened, CollaborationOpened)
    assert (accepted.accepted_by, accepted.sent_by) == (user_id, UUID(invitation["sent_by"]))
    assert (accepted.account_name, accepted.kind) == (customer.name, "company")
    assert accepted.organisation_number == customer.organisation_number
    assert accepted.sequence == 2
    assert str(accepted.account_id) == answer["account_id"] == str(opened.account_id)
    assert str(opened.collaboration_id) == answer["collaboration_id"]
    again = await accept(person, invitation)
    assert again.json() == answer
    assert len(await service.published(InvitationAccepted, CollaborationOpened, bureau_id=bureau.id)) == 2
    assert refusal(await person.post(f"/v1/invitations/{invitation['id']}/decline")) == (
        409,
        "invitation_accepted",
    )


async def test_only_the_invited_main_contact_can_answer(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation = await invite(admin, customer)
    token = token_of((await stored(service, invitation["id"])).id)
    stranger = service.caller(User(email="annan@kund.example"))
    unverified = main_contact_of(service, customer, email_verified=False)
    assert refusal(await accept(stranger, invitation)) == (404, "not_found")
    assert refusal(await accept(stranger, invitation, token="forged")) == (404, "not_found")
    assert refusal(await accept(stranger, invitation, token=token)) == (403, "not_main_contact")
    assert refusal(await accept(admin, invitation)) == (403, "not_main_contact")
    assert refusal(await accept(unverified, invitation)) == (403, "email_not_verified")
    assert (await service.client.post(f"/v1/invitations/{invitation['id']}/accept")).status_code == 401
    assert (await unverified.get("/v1/invitations/received")).json()["items"] == []
    assert (await stranger.get("/v1/invitations/received")).json()["items"] == []
    assert (await stored(service, invitation["id"])).status == "sent"


async def test_accepting_many_times_at_once_is_one_acceptance(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation, person = await invite(admin, customer), main_contact_of(service, customer)
    answers = await asyncio.gather(*[accept(person, invitation) for _ in range(5)])
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.text for answer in answers}) == 1
    assert len(await service.published(InvitationAccepted, CollaborationOpened, bureau_id=bureau.id)) == 2


async def test_declining_takes_a_reason(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer = await register_customer(service, bureau)
    invitation, person = await invite(admin, customer), main_contact_of(service, customer)
    for _ in range(2):
        response = await person.post(
            f"/v1/invitations/{invitation['id']}/decline", {"reason": "Vi byter byrå"}
        )
        assert (response.status_code, response.json()["status"]) == (200, "declined")
    (declined,) = await service.published(InvitationDeclined, bureau_id=bureau.id)
    assert (declined.reason, declined.sent_by) == ("Vi byter byrå", UUID(invitation["sent_by"]))
    assert declined.contact_name == invitation["contact_name"]
    assert (await admin.read(f"/v1/invitations/{invitation['id']}"))["decline_reason"] == "Vi byter byrå"
    assert refusal(await accept(person, invitation)) == (409, "invitation_declined")


async def test_nothing_is_accepted_from_a_bureau_without_the_feature(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation, person = await invite(admin, customer), main_contact_of(service, customer)
    await service.deliver(event_of(CaseManagementEnded, bureau, sequence=3))
    refused = await accept(person, invitation)
    assert refusal(refused) == (402, "feature_not_bought")
    assert refused.json()["detail"].startswith("The bureau no longer has the service")
    bought = event_of(CaseManagementActivated, bureau, activated_on=date(2026, 11, 1), sequence=4)
    await service.deliver(bought)
    assert (await accept(person, invitation)).status_code == 200


async def test_a_cancelled_feature_ends_with_its_last_day(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau)
    invitation, person = await invite(admin, customer), main_contact_of(service, customer)
    yesterday = stockholm_date(utcnow()) - timedelta(days=1)
    await service.deliver(event_of(CaseManagementCancelled, bureau, ends_on=yesterday, sequence=2))
    assert refusal(await accept(person, invitation)) == (402, "feature_not_bought")
