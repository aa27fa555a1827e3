"""What a document request asks for, answered, returned and accepted."""

from typing import Any

import httpx

from shared.events.cases import CaseResolved, ItemAnswered
from shared.ids import uuid7
from tests.cases.factories import Headers, World


async def answer(world: World, case: dict[str, Any], number: int, headers: Headers) -> httpx.Response:
    item_id = case["items"][number]["id"]
    body = {"not_applicable": True, "reason": "Vi har inget lager."}
    return await world.client.put(
        f"/v1/cases/{case['id']}/items/{item_id}/answer", json=body, headers=headers
    )


async def test_items_are_answered_returned_accepted_until_the_case_resolves_itself(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    case = await world.case(anna, customer, type="document_request", items=["Kontoutdrag", "Inventering"])
    first, second = (f"items/{each['id']}" for each in case["items"])
    assert [each["state"] for each in case["items"]] == ["open", "open"]
    assert (await world.post(case, f"{first}/accept", anna.headers)).json()["code"] == "item_not_answered"
    assert (await answer(world, case, 0, karin)).json()["status"] == "waiting_for_customer"
    assert isinstance((await world.events(case))[-1], ItemAnswered)
    assert (await answer(world, case, 1, karin)).json()["status"] == "waiting_for_bureau"
    returned = await world.post(case, f"{first}/return", anna.headers, {"reason": "Mars saknas."})
    assert (returned.json()["status"], returned.json()["items"][0]["state"]) == (
        "waiting_for_customer",
        "returned",
    )
    assert returned.json()["items"][0]["reason"] == "Mars saknas."
    await world.post(case, f"{second}/accept", anna.headers)
    await answer(world, case, 0, karin)
    resolved = (await world.post(case, f"{first}/accept", anna.headers)).json()
    assert resolved["status"] == "resolved"
    assert any(isinstance(event, CaseResolved) for event in await world.events(case))
    late = await answer(world, case, 0, karin)
    assert late.status_code == 409


async def test_an_item_takes_files_or_a_reason(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    case = await world.case(anna, customer, type="document_request", items=["Kontoutdrag"])
    url = f"/v1/cases/{case['id']}/items/{case['items'][0]['id']}/answer"
    for body in (
        {},
        {"not_applicable": True},
        {"not_applicable": True, "reason": "x", "file_ids": [str(uuid7())]},
    ):
        assert (await world.client.put(url, json=body, headers=karin)).status_code == 422
    unknown = await world.client.put(url, json={"file_ids": [str(uuid7())]}, headers=karin)
    assert unknown.status_code == 404
    assert (await world.client.put(url, json={}, headers=anna.headers)).status_code == 403
    assert (await world.get(case, anna.headers))["items"][0]["state"] == "open"


async def test_an_item_is_answered_with_the_files_added_to_it(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    case = await world.case(anna, customer, type="document_request", items=["Kontoutdrag", "Inventering"])
    first, second = case["items"]
    added = await world.file(case, karin, item_id=first["id"])
    loose = await world.file(case, karin)
    url = f"/v1/cases/{case['id']}/items"
    await world.client.put(f"{url}/{first['id']}/answer", json={}, headers=karin)
    body = {"file_ids": [loose["id"]]}
    answered = (await world.client.put(f"{url}/{second['id']}/answer", json=body, headers=karin)).json()
    assert answered["status"] == "waiting_for_bureau"
    assert [[each["id"] for each in item["files"]] for item in answered["items"]] == [
        [added["id"]],
        [loose["id"]],
    ]
