"""Assignee, followers and participants."""

import httpx

from shared.ids import uuid7
from tests.cases.factories import World


async def test_assignee_followers_participants(world: World) -> None:
    anna, bo = await world.employee(), await world.employee("Bo Alm")
    customer = await world.customer(anna, people=2)
    first, second = customer.people
    case = await world.case(anna, customer, participant_ids=[str(first.contact_id)])
    url = f"/v1/cases/{case['id']}"
    assert (await world.client.get(url, headers=second.headers)).status_code == 404

    async def put(path: str, **body: object) -> httpx.Response:
        return await world.client.put(f"{url}/{path}", json=body, headers=anna.headers)

    assert (await put("assignee", employee_id=str(bo.id))).json()["assignee_id"] == str(bo.id)
    assert (await world.events(case))[-1].recipient_ids == [bo.user_id]
    assert (await put("assignee", employee_id=str(uuid7()))).status_code == 404
    followed = await put("followers", employee_ids=[str(anna.id)])
    assert followed.json()["follower_ids"] == [str(anna.id)]
    people = await put("participants", contact_ids=[str(second.contact_id)])
    assert [each["user_id"] for each in people.json()["participants"]] == [str(second.user_id)]
    assert (await world.client.get(url, headers=first.headers)).status_code == 404
    assert (await world.client.get(url, headers=second.headers)).json()["unread"] is True
    await world.deactivated(anna)
    assert (await put("followers", employee_ids=[])).status_code == 401


async def test_a_deactivated_employees_cases_are_handed_over(world: World) -> None:
    anna, bo = await world.employee(), await world.employee("Bo Alm")
    customer = await world.customer(anna)
    held = await world.case(bo, customer)
    followed = await world.case(anna, customer, follower_ids=[str(bo.id)])
    ended = await world.case(bo, customer)
    await world.post(ended, "cancel", anna.headers)
    await world.deactivated(bo, transfer_to=anna.id)
    assert (await world.get(held, anna.headers))["assignee_id"] == str(anna.id)
    assert (await world.get(followed, anna.headers))["follower_ids"] == []
    assert (await world.get(ended, anna.headers))["assignee_id"] == str(bo.id)
    assert (await world.events(held))[-1].assignee_id == anna.id
