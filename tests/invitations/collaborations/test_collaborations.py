from dataclasses import replace
from typing import Any
from uuid import UUID

from shared.events.identity import ContactAdded, ContactRemoved, CustomerDeactivated, CustomerReactivated
from shared.events.invitations import CollaborationEnded
from shared.ids import uuid7
from tests.factories.callers import Caller, refusal
from tests.factories.events import event_of
from tests.factories.invitations import accept, invite, main_contact_of, register_customer
from tests.factories.records import Bureau, Contact, Customer, Employee, Member, User
from tests.factories.service import Service


async def collaborate(service: Service, bureau: Bureau, admin: Caller) -> tuple[Customer, dict[str, Any]]:
    """A customer that has accepted, and the collaboration."""
    customer = await register_customer(service, bureau)
    await accept(main_contact_of(service, customer), await invite(admin, customer))
    (found,) = (await admin.get(f"/v1/collaborations?customer_id={customer.customer_id}")).json()["items"]
    return customer, found


def member_of(
    service: Service, collaboration: dict[str, Any], customer: Customer, **overrides: Any
) -> Caller:
    """The customer's main contact, logged in for the account."""
    assert customer.main_contact is not None
    return service.caller(Member(collaboration["account_id"], email=customer.main_contact.email, **overrides))


async def test_a_member_whom_the_bureau_does_not_know_sees_and_ends_nothing(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    """Whoever opened the account for the company's number first may be nobody's contact but their own."""
    customer, found = await collaborate(service, bureau, admin)
    foreign, _ = await collaborate(service, other_bureau, other_admin)
    account_id = UUID(found["account_id"])
    member = Member(account_id)
    path = f"/v1/collaborations/{found['id']}/end"
    theirs = Contact(other_bureau.id, foreign.customer_id, email=member.email)
    await service.deliver(event_of(ContactAdded, theirs))
    stranger = service.caller(member)
    assert (await stranger.get("/v1/collaborations")).json()["items"] == []
    assert refusal(await stranger.post(path)) == (404, "not_found")

    known = Contact(bureau.id, customer.customer_id, email=member.email.upper())
    await service.deliver(event_of(ContactAdded, known))
    assert (await stranger.get("/v1/collaborations")).json()["items"] == [found]
    claimed = service.caller(member, email_verified=False)
    assert (await claimed.get("/v1/collaborations")).json()["items"] == []
    await service.deliver(event_of(ContactRemoved, known, sequence=2))
    assert (await stranger.get("/v1/collaborations")).json()["items"] == []
    assert refusal(await stranger.post(path)) == (404, "not_found")


async def test_both_sides_see_it(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    customer, found = await collaborate(service, bureau, admin)
    await collaborate(service, other_bureau, other_admin)
    assert (found["status"], found["customer_name"]) == ("open", customer.name)
    assert found["bureau_name"] == bureau.name
    listed = (await admin.get("/v1/collaborations?status=open")).json()["items"]
    assert listed == [found]
    member = member_of(service, found, customer)
    assert (await member.get("/v1/collaborations")).json()["items"] == [found]
    assert (await service.caller(Member(uuid7())).get("/v1/collaborations")).json()["items"] == []


async def test_either_side_ends_it_once(service: Service, bureau: Bureau, admin: Caller) -> None:
    customer, found = await collaborate(service, bureau, admin)
    for _ in range(2):
        response = await admin.post(f"/v1/collaborations/{found['id']}/end")
        assert (response.json()["status"], response.json()["ended_by"]) == ("ended", "bureau")
    (ended,) = await service.published(CollaborationEnded, bureau_id=bureau.id)
    assert ended.sequence == 2
    again = await invite(admin, customer)
    assert (await accept(main_contact_of(service, customer), again)).status_code == 403
    other, second = await collaborate(service, bureau, admin)
    administrator = member_of(service, second, other)
    user = member_of(service, second, other, role="user")
    assert (await user.post(f"/v1/collaborations/{second['id']}/end")).status_code == 403
    response = await administrator.post(f"/v1/collaborations/{second['id']}/end")
    assert (response.status_code, response.json()["ended_by"]) == (200, "customer")
    told = await service.published(CollaborationEnded, bureau_id=bureau.id)
    assert [each.ended_by for each in told] == ["bureau", "customer"]
    assert {str(each.invited_by) for each in told} == {again["sent_by"]}


async def test_nobody_else_can_end_it(
    service: Service, bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    _, found = await collaborate(service, bureau, admin)
    path = f"/v1/collaborations/{found['id']}/end"
    assert (await other_admin.post(path)).status_code == 404
    assert (await service.caller(Member(uuid7())).post(path)).status_code == 404
    limited = service.caller(Employee(bureau.id, customers="limited", maintenance="full"))
    assert (await limited.post(path)).status_code == 403
    assert (await service.caller(User()).post(path)).status_code == 403
    listed = (await admin.get("/v1/collaborations")).json()["items"]
    assert listed == [found]


async def test_it_is_paused_while_the_customer_is_inactive(
    service: Service, bureau: Bureau, admin: Caller
) -> None:
    customer, found = await collaborate(service, bureau, admin)
    member = member_of(service, found, customer)

    async def paused() -> list[tuple[str, bool]]:
        both = [await each.read("/v1/collaborations") for each in (admin, member)]
        return [(page["items"][0]["status"], page["items"][0]["paused"]) for page in both]

    assert await paused() == [("open", False)] * 2
    inactive = replace(customer, active=False)
    await service.deliver(event_of(CustomerDeactivated, inactive, sequence=2))
    assert await paused() == [("open", True)] * 2
    await service.deliver(event_of(CustomerReactivated, customer, sequence=4))
    await service.deliver(event_of(CustomerDeactivated, inactive, sequence=2))
    assert await paused() == [("open", False)] * 2
