"""Cases that members open."""

from typing import Any

import httpx

from shared.ids import uuid7
from tests.cases.factories import Headers, World


async def ask(world: World, headers: Headers, **fields: Any) -> httpx.Response:
    body = {"subject": "Fråga", "body": "Hur gör jag?", **fields}
    return await world.client.post("/v1/cases", json=body, headers=headers)


async def test_a_question_to_the_bureau_reaches_the_responsible_employee(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0]
    answer = await ask(world, karin.headers, account_id=str(customer.account_id))
    assert answer.status_code == 201, answer.text
    case = answer.json()
    assert (case["type"], case["status"]) == ("question", "waiting_for_bureau")
    assert case["assignee_id"] == str(anna.id)
    assert (case["unread"], case["participants"][0]["user_id"]) == (False, str(karin.user_id))
    assert (await world.get(case, anna.headers))["unread"] is True
    created, sent = await world.events(case)
    assert (created.by, sent.recipient_ids) == ("customer", [anna.user_id])


async def test_to_an_employee_takes_an_earlier_case(world: World) -> None:
    anna, bo = await world.employee(), await world.employee("Bo Alm")
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    assert (await ask(world, karin, employee_id=str(bo.id))).status_code == 404
    await world.case(bo, customer)
    answer = await ask(world, karin, employee_id=str(bo.id))
    assert (answer.status_code, answer.json()["assignee_id"]) == (201, str(bo.id))


async def test_several_collaborations_must_be_told_apart(world: World, other_world: World) -> None:
    anna, eva = await world.employee(), await other_world.employee("Eva Dal")
    customer = await world.customer(anna)
    other = await other_world.customer(eva, account_id=customer.account_id)
    karin = customer.people[0].headers
    assert (await ask(world, karin)).json()["code"] == "several_collaborations"
    chosen = await ask(world, karin, bureau_id=str(other_world.bureau_id))
    assert (chosen.status_code, chosen.json()["customer_id"]) == (201, str(other.id))
    chosen = await ask(world, karin, customer_id=str(customer.id))
    assert chosen.json()["bureau_id"] == str(world.bureau_id)
    both = (await world.client.get("/v1/cases", headers=karin)).json()["items"]
    assert {each["bureau_id"] for each in both} == {str(world.bureau_id), str(other_world.bureau_id)}
    assert (await ask(world, karin, customer_id=str(uuid7()))).status_code == 404
    assert (await ask(world, karin, account_id=str(uuid7()))).status_code == 404


async def test_a_member_sets_only_a_questions_fields(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    refused = await ask(world, karin, assignee_id=str(anna.id), priority="high")
    assert (refused.status_code, refused.json()["code"]) == (403, "field_not_allowed")
    assert (await ask(world, karin, type="approval")).status_code == 403
    assert (await ask(world, karin, type="question", send=True)).status_code == 201
    empty = await world.client.post("/v1/cases", json={}, headers=karin)
    assert [each["field"] for each in empty.json()["errors"]] == ["subject", "body"]
    await world.ended(customer)
    assert (await ask(world, karin)).json()["code"] == "no_collaboration"
