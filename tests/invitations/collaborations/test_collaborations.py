from typing import Any

from shared.events.invitations import (
    CollaborationEnded,
)
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.invitations import accept, invite, main_contact_of, register_customer
from tests.factories.records import Bureau, Customer, Employee, Member, User
from tests.factories.service import Service


async def collaborate(service: Service, bureau: Bureau, admin: Caller) -> tuple[Customer, dict[str, Any]]:
    """A customer that has accepted, and the collaboration."""
    customer = await register_customer(service, bureau)
    await accept(main_contact_of(service, customer), await invite(admin, customer))
    (found,) = (await admin.get(f"/v1/collaborations?customer_id={customer.customer_id}")).json()["items"]
    return customer, found


async def test_both_sides_see_it(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    customer, found = await collaborate(service, bureau, admin)
    await collaborate(service, other_bureau, other_admin)
    assert (found["status"], found["customer_name"]) == ("open", customer.name)
    assert found["bureau_name"] == bureau.name
    listed = (await admin.get("/v1/collaborations?status=open")).json()["items"]
    assert listed == [found]
    member = service.caller(Member(found["account_id"]))
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
    _, second = await collaborate(service, bureau, admin)
    administrator = service.caller(Member(second["account_id"]))
    user = service.caller(Member(second["account_id"], role="user"))
    assert (await user.post(f"/v1/collaborations/{second['id']}/end")).status_code == 403
    response = await administrator.post(f"/v1/collaborations/{second['id']}/end")
    assert (response.status_code, response.json()["ended_by"]) == (200, "customer")


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
