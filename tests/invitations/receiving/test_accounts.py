"""Whose account it is that a collaboration is with, and who may accept for it."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from shared.events.identity import (
    AccountCreated,
    CustomerChanged,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
)
from shared.events.invitations import (
    InvitationAcceptanceRefused,
    InvitationAccepted,
)
from shared.ids import uuid7
from tests.factories.callers import Caller, refusal
from tests.factories.events import event_of
from tests.factories.invitations import accept, invite, main_contact_of, register_customer
from tests.factories.records import Bureau, Member, main_contact, organisation_number
from tests.factories.service import Service


async def test_an_existing_account_takes_its_administrator(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    number, account_id, user_id = organisation_number(), uuid7(), uuid7()
    created = AccountCreated(account_id=account_id, name="Ström Bygg AB", organisation_number=number)
    await service.deliver(created, created)
    member = Member(account_id, user_id=user_id)
    await service.deliver(
        event_of(MemberRoleChanged, member, role="user", sequence=2), event_of(MemberAdded, member)
    )
    customer = await register_customer(service, bureau, organisation_number=number)
    invitation = await invite(admin, customer)
    person = main_contact_of(service, customer, user_id=user_id)
    key = person.sending(idempotency_key=str(uuid7()))
    for by in (person, person, key, key):
        assert refusal(await accept(by, invitation)) == (403, "not_administrator")
    (told,) = await service.published(InvitationAcceptanceRefused, bureau_id=bureau.id)
    assert isinstance(told, InvitationAcceptanceRefused)
    assert (told.account_id, told.person_name) == (account_id, "Åsa Ek")
    await service.deliver(event_of(MemberRoleChanged, member, sequence=3))
    response = await accept(key, invitation)
    assert (response.status_code, response.json()["account_id"]) == (200, str(account_id))


async def test_a_removed_administrator_is_none(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer = await register_customer(service, bureau)
    person = main_contact_of(service, customer, user_id=(user_id := uuid7()))
    accepted = (await accept(person, await invite(admin, customer))).json()
    second = await register_customer(
        service, bureau, organisation_number=customer.organisation_number, main_contact=customer.main_contact
    )
    invitation = await invite(admin, second)
    member = Member(UUID(accepted["account_id"]), user_id=user_id)
    await service.deliver(event_of(MemberRemoved, member, sequence=2))
    await service.deliver(event_of(MemberAdded, member))
    assert refusal(await accept(person, invitation)) == (403, "not_administrator")


@pytest.mark.parametrize("kind", ["company", "private_individual"])
async def test_one_account_for_two_bureaus_at_once(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller, kind: str
) -> None:
    number = organisation_number() if kind == "company" else None
    same = {"main_contact": main_contact(), "kind": kind, "organisation_number": number}
    first = await register_customer(service, bureau, **same)
    second = await register_customer(service, other_bureau, **same)
    person = main_contact_of(service, first)
    invitations = [await invite(admin, first), await invite(other_admin, second)]
    answers = await asyncio.gather(*[accept(person, invitation) for invitation in invitations])
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({answer.json()["account_id"] for answer in answers}) == 1
    assert len({answer.json()["collaboration_id"] for answer in answers}) == 2
    events = [
        *await service.published(InvitationAccepted, bureau_id=bureau.id),
        *await service.published(InvitationAccepted, bureau_id=other_bureau.id),
    ]
    assert [event.organisation_number for event in events if isinstance(event, InvitationAccepted)] == [
        number,
        number,
    ]


async def test_another_person_can_not_take_a_just_opened_account(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    first = await register_customer(service, bureau)
    second = await register_customer(service, other_bureau, organisation_number=first.organisation_number)
    assert (await accept(main_contact_of(service, first), await invite(admin, first))).status_code == 200
    response = await accept(main_contact_of(service, second), await invite(other_admin, second))
    assert refusal(response) == (403, "not_administrator")


async def test_a_company_without_a_number_keeps_its_account(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau, organisation_number=None)
    person = main_contact_of(service, customer)
    first = (await accept(person, await invite(admin, customer))).json()
    ended = await admin.post(f"/v1/collaborations/{first['collaboration_id']}/end")
    assert ended.status_code == 200
    again = (await accept(person, await invite(admin, customer))).json()
    assert again["account_id"] == first["account_id"]
    alike = await register_customer(
        service, bureau, organisation_number=None, main_contact=customer.main_contact
    )
    other = (await accept(person, await invite(admin, alike))).json()
    assert other["account_id"] != first["account_id"]


async def test_the_account_of_a_company_without_a_number_is_not_taken_by_its_next_contact(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer = await register_customer(service, bureau, organisation_number=None)
    first = (await accept(main_contact_of(service, customer), await invite(admin, customer))).json()
    await admin.post(f"/v1/collaborations/{first['collaboration_id']}/end")
    changed = replace(customer, main_contact=main_contact())
    await service.deliver(event_of(CustomerChanged, changed, sequence=2))
    response = await accept(main_contact_of(service, changed), await invite(admin, changed))
    assert refusal(response) == (403, "not_administrator")
