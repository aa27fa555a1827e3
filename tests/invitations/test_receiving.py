import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.invitations.settings import Settings
from services.invitations.upkeep.jobs import expire_overdue
from shared.clock import utcnow
from shared.events.identity import (
    AccountCreated,
    CustomerEvent,
    MemberAdded,
    MemberEvent,
    MemberRemoved,
    MemberRoleChanged,
)
from shared.events.invitations import (
    CollaborationOpened,
    InvitationAcceptanceRefused,
    InvitationAccepted,
    InvitationDeclined,
)
from shared.ids import uuid7
from shared.links import link_token
from tests.invitations.factories import BureauUnderTest, main_contact, organisation_number


@pytest.fixture
def token_of(common_settings: Any) -> Any:
    secret = Settings(**common_settings("invitations")).link_secret
    return lambda invitation_id: link_token(secret, "invitation", invitation_id)


def member(kind: type[MemberEvent], **overrides: Any) -> MemberEvent:
    fields = {"name": "Karin Ström", "email": "karin@kund.example", "language": "sv", "role": "administrator"}
    return kind(**{**fields, **overrides})


def refused(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def test_anyone_with_the_link_sees_whose_it_is(bureau: BureauUnderTest, token_of: Any) -> None:
    customer = await bureau.has_customer()
    invitation = await bureau.invites(customer)
    row = await bureau.row(invitation["id"])
    response = await bureau.client.get(f"/v1/invitations/by-token/{token_of(row.id)}")
    assert response.json() == {
        "invitation_id": invitation["id"],
        "bureau_name": bureau.name,
        "customer_name": customer.name,
        "state": "sent",
    }
    for bad in (token_of(uuid7()), token_of(row.id)[:-1] + "!", "x"):
        assert (await bureau.client.get(f"/v1/invitations/by-token/{bad}")).status_code == 404


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


async def test_only_the_invited_main_contact_can_answer(bureau: BureauUnderTest, token_of: Any) -> None:
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


async def test_an_existing_account_takes_its_administrator(bureau: BureauUnderTest) -> None:
    number, account_id, user_id = organisation_number(), uuid7(), uuid7()
    created = AccountCreated(account_id=account_id, name="Ström Bygg AB", organisation_number=number)
    await bureau.hear("track-account", created, created)
    role = {"account_id": account_id, "user_id": user_id}
    await bureau.hear(
        "track-member",
        member(MemberRoleChanged, **role, role="user", sequence=2),
        member(MemberAdded, **role, sequence=1),
    )
    customer = await bureau.has_customer(organisation_number=number)
    invitation = await bureau.invites(customer)
    person = bureau.person(customer, user_id=user_id)
    key = {**person, "Idempotency-Key": str(uuid7())}
    for by in (person, person, key, key):
        assert refused(await bureau.accepts(invitation, by)) == (403, "not_administrator")
    (told,) = await bureau.published(InvitationAcceptanceRefused)
    assert isinstance(told, InvitationAcceptanceRefused)
    assert (told.account_id, told.person_name) == (account_id, "Karin Ström")
    await bureau.hear("track-member", member(MemberRoleChanged, **role, sequence=3))
    response = await bureau.accepts(invitation, key)
    assert (response.status_code, response.json()["account_id"]) == (200, str(account_id))


async def test_a_removed_administrator_is_none(bureau: BureauUnderTest) -> None:
    customer = await bureau.has_customer()
    person, user_id = bureau.person(customer, user_id=(user_id := uuid7())), user_id
    accepted = (await bureau.accepts(await bureau.invites(customer), person)).json()
    second = await bureau.has_customer(
        organisation_number=customer.organisation_number, main_contact=customer.main_contact
    )
    invitation = await bureau.invites(second)
    removed = member(MemberRemoved, account_id=accepted["account_id"], user_id=user_id, sequence=2)
    await bureau.hear("track-member", removed)
    await bureau.hear(
        "track-member",
        member(MemberAdded, account_id=accepted["account_id"], user_id=user_id, sequence=1),
    )
    assert refused(await bureau.accepts(invitation, person)) == (403, "not_administrator")


async def invited_by_two(
    bureau: BureauUnderTest, other: BureauUnderTest, **fields: Any
) -> list[tuple[BureauUnderTest, CustomerEvent, dict[str, Any]]]:
    contact = main_contact()
    customers = [await each.has_customer(main_contact=contact, **fields) for each in (bureau, other)]
    return [
        (each, customer, await each.invites(customer))
        for each, customer in zip((bureau, other), customers, strict=True)
    ]


@pytest.mark.parametrize("kind", ["company", "private_individual"])
async def test_one_account_for_two_bureaus_at_once(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest, kind: str
) -> None:
    number = organisation_number() if kind == "company" else None
    invited = await invited_by_two(bureau, other_bureau, kind=kind, organisation_number=number)
    user_id = uuid7()
    answers = await asyncio.gather(
        *[
            each.accepts(invitation, each.person(customer, user_id=user_id))
            for each, customer, invitation in invited
        ]
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.json()["account_id"] for answer in answers}) == 1
    assert len({answer.json()["collaboration_id"] for answer in answers}) == 2
    events = [*await bureau.published(InvitationAccepted), *await other_bureau.published(InvitationAccepted)]
    assert [event.organisation_number for event in events if isinstance(event, InvitationAccepted)] == [
        number,
        number,
    ]


async def test_another_person_can_not_take_a_just_opened_account(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    first = await bureau.has_customer()
    second = await other_bureau.has_customer(organisation_number=first.organisation_number)
    assert (await bureau.accepts(await bureau.invites(first), bureau.person(first))).status_code == 200
    response = await bureau.accepts(await other_bureau.invites(second), other_bureau.person(second))
    assert refused(response) == (403, "not_administrator")


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


async def test_a_closed_invitation_is_gone(bureau: BureauUnderTest, token_of: Any) -> None:
    customer = await bureau.has_customer()
    person = bureau.person(customer)
    revoked = await bureau.invites(customer)
    await bureau.post(f"/invitations/{revoked['id']}/revoke")
    assert refused(await bureau.accepts(revoked, person)) == (410, "invitation_revoked")
    expired = await bureau.invites(customer)
    await expire_overdue(bureau.worker_db, at=utcnow() + timedelta(days=31))
    assert refused(await bureau.accepts(expired, person)) == (410, "invitation_expired")
    token = token_of((await bureau.row(expired["id"])).id)
    response = await bureau.client.get(f"/v1/invitations/by-token/{token}")
    assert response.json()["state"] == "expired"
