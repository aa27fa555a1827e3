import asyncio

from shared.events.invitations import (
    CollaborationOpened,
    InvitationAccepted,
    InvitationDeclined,
)
from shared.ids import uuid7
from tests.invitations.conftest import TokenOf
from tests.invitations.factories import BureauUnderTest, refused


async def test_accepting_opens_account_and_collaboration(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    invitation, user_id = await bureau.invites(customer), uuid7()
    person = bureau.person(customer, user_id=user_id)
    received = (await bureau.get("/invitations/received", by=person)).json()["items"]
    assert [(each["id"], each["bureau_name"], each["status"]) for each in received] == [
        (invitation["id"], bureau.name, "sent")
    ]
    response = await bureau.accepts(invitation, person)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["status"] == "accepted"
    (accepted,) = await bureau.published(InvitationAccepted)
    (opened,) = await bureau.published(CollaborationOpened)
    assert isinstance(accepted, InvitationAccepted)
    assert isinstance(opened, CollaborationOpened)
    assert accepted.accepted_by == user_id
    assert (accepted.account_name, accepted.kind) == (customer.name, "company")
    assert accepted.organisation_number == customer.organisation_number
    assert accepted.sequence == 2
    assert str(accepted.account_id) == answer["account_id"] == str(opened.account_id)
    assert str(opened.collaboration_id) == answer["collaboration_id"]
    again = await bureau.accepts(invitation, person)
    assert again.json() == answer
    assert len(await bureau.published(InvitationAccepted, CollaborationOpened)) == 2
    assert refused(await bureau.post(f"/invitations/{invitation['id']}/decline", by=person)) == (
        409,
        "invitation_accepted",
    )


async def test_only_the_invited_main_contact_can_answer(bureau: BureauUnderTest, token_of: TokenOf) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    token = token_of((await bureau.row(invitation["id"])).id)
    stranger = bureau.tokens.bearer(email="annan@kund.example")
    unverified = bureau.person(customer, email_verified=False)
    assert refused(await bureau.accepts(invitation, stranger)) == (404, "not_found")
    assert refused(await bureau.accepts(invitation, stranger, token="forged")) == (404, "not_found")
    assert refused(await bureau.accepts(invitation, stranger, token=token)) == (403, "not_main_contact")
    assert refused(await bureau.accepts(invitation, bureau.employee())) == (403, "not_main_contact")
    assert refused(await bureau.accepts(invitation, unverified)) == (403, "email_not_verified")
    assert (await bureau.client.post(f"/v1/invitations/{invitation['id']}/accept")).status_code == 401
    assert (await bureau.get("/invitations/received", by=unverified)).json()["items"] == []
    assert (await bureau.get("/invitations/received", by=stranger)).json()["items"] == []
    assert (await bureau.row(invitation["id"])).status == "sent"


async def test_accepting_many_times_at_once_is_one_acceptance(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    invitation, person = await bureau.invites(customer), bureau.person(customer)
    answers = await asyncio.gather(*[bureau.accepts(invitation, person) for _ in range(5)])
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.text for answer in answers}) == 1
    assert len(await bureau.published(InvitationAccepted, CollaborationOpened)) == 2


async def test_declining_takes_a_reason(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    invitation, person = await bureau.invites(customer), bureau.person(customer)
    for _ in range(2):
        response = await bureau.post(
            f"/invitations/{invitation['id']}/decline", {"reason": "Vi byter byrå"}, by=person
        )
        assert (response.status_code, response.json()["status"]) == (200, "declined")
    assert len(await bureau.published(InvitationDeclined)) == 1
    assert (await bureau.invitation(invitation["id"]))["decline_reason"] == "Vi byter byrå"
    assert refused(await bureau.accepts(invitation, person)) == (409, "invitation_declined")
