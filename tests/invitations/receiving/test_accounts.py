"""Whose account it is that a collaboration is with, and who may accept for it."""

import asyncio
from typing import Any

import pytest

from shared.events.identity import (
    AccountCreated,
    CustomerEvent,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
)
from shared.events.invitations import (
    InvitationAcceptanceRefused,
    InvitationAccepted,
)
from shared.ids import uuid7
from tests.invitations.factories import (
    BureauUnderTest,
    main_contact,
    member,
    organisation_number,
    refused,
)


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
