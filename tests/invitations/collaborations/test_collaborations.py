from typing import Any

from shared.events.identity import (
    CustomerEvent,
)
from shared.events.invitations import (
    CollaborationEnded,
)
from shared.ids import uuid7
from tests.invitations.factories import BureauUnderTest


async def collaboration(bureau: BureauUnderTest, **fields: Any) -> tuple[CustomerEvent, dict[str, Any]]:
    customer = await bureau.has_customer(**fields)
    await bureau.accepts(await bureau.invites(customer), bureau.person(customer))
    (found,) = (await bureau.get(f"/collaborations?customer_id={customer.customer_id}")).json()["items"]
    return customer, found


async def test_both_sides_see_it(bureau: BureauUnderTest, other_bureau: BureauUnderTest) -> None:
    customer, found = await collaboration(bureau)
    await collaboration(other_bureau)
    assert (found["status"], found["customer_name"]) == ("open", customer.name)
    assert found["bureau_name"] == bureau.name
    listed = (await bureau.get("/collaborations?status=open")).json()["items"]
    assert listed == [found]
    member = bureau.tokens.member(found["account_id"])
    assert (await bureau.get("/collaborations", by=member)).json()["items"] == [found]
    assert (await bureau.get("/collaborations", by=bureau.tokens.member(uuid7()))).json()["items"] == []


async def test_either_side_ends_it_once(bureau: BureauUnderTest) -> None:
    customer, found = await collaboration(bureau)
    for _ in range(2):
        response = await bureau.post(f"/collaborations/{found['id']}/end")
        assert (response.json()["status"], response.json()["ended_by"]) == ("ended", "bureau")
    (ended,) = await bureau.published(CollaborationEnded)
    assert ended.sequence == 2
    again = await bureau.invites(customer)
    assert (await bureau.accepts(again, bureau.person(customer))).status_code == 403
    _, second = await collaboration(bureau)
    administrator = bureau.tokens.member(second["account_id"])
    user = bureau.tokens.member(second["account_id"], role="user")
    assert (await bureau.post(f"/collaborations/{second['id']}/end", by=user)).status_code == 403
    response = await bureau.post(f"/collaborations/{second['id']}/end", by=administrator)
    assert (response.status_code, response.json()["ended_by"]) == (200, "customer")


async def test_nobody_else_can_end_it(bureau: BureauUnderTest, other_bureau: BureauUnderTest) -> None:
    _, found = await collaboration(bureau)
    path = f"/collaborations/{found['id']}/end"
    assert (await bureau.post(path, by=other_bureau.employee())).status_code == 404
    assert (await bureau.post(path, by=bureau.tokens.member(uuid7()))).status_code == 404
    limited = bureau.employee(customers="limited", maintenance="full")
    assert (await bureau.post(path, by=limited)).status_code == 403
    assert (await bureau.post(path, by=bureau.tokens.bearer())).status_code == 403
    listed = (await bureau.get("/collaborations")).json()["items"]
    assert listed == [found]
