"""What a document request asks for, answered, returned and accepted."""

from typing import Any

import httpx

from shared.events.cases import CaseResolved, ItemAnswered
from shared.ids import uuid7
from tests.factories.callers import Caller, failing_field, refusal
from tests.factories.cases import (
    Colleague,
    Counterpart,
    Participant,
    add_file,
    events_about,
    open_case,
    post,
    read_case,
)
from tests.factories.service import Service


async def answer(by: Caller, case: dict[str, Any], number: int) -> httpx.Response:
    item_id = case["items"][number]["id"]
    body = {"not_applicable": True, "reason": "Vi har inget lager."}
    return await by.put(f"/v1/cases/{case['id']}/items/{item_id}/answer", body)


async def test_items_are_answered_returned_accepted_until_the_case_resolves_itself(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="document_request", items=["Kontoutdrag", "Inventering"])
    first, second = (f"items/{each['id']}" for each in case["items"])
    assert [each["state"] for each in case["items"]] == ["open", "open"]
    assert (await post(anna, case, f"{first}/accept")).json()["code"] == "item_not_answered"
    assert (await answer(karin, case, 0)).json()["status"] == "waiting_for_customer"
    assert isinstance((await events_about(service, case))[-1], ItemAnswered)
    assert (await answer(karin, case, 1)).json()["status"] == "waiting_for_bureau"
    returned = await post(anna, case, f"{first}/return", {"reason": "Mars saknas."})
    assert (returned.json()["status"], returned.json()["items"][0]["state"]) == (
        "waiting_for_customer",
        "returned",
    )
    assert returned.json()["items"][0]["reason"] == "Mars saknas."
    await post(anna, case, f"{second}/accept")
    await answer(karin, case, 0)
    resolved = (await post(anna, case, f"{first}/accept")).json()
    assert resolved["status"] == "resolved"
    assert any(isinstance(event, CaseResolved) for event in await events_about(service, case))
    late = await answer(karin, case, 0)
    assert late.status_code == 409


async def test_an_item_takes_files_or_a_reason(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="document_request", items=["Kontoutdrag"])
    url = f"/v1/cases/{case['id']}/items/{case['items'][0]['id']}/answer"
    for body in (
        {},
        {"not_applicable": True},
        {"not_applicable": True, "reason": "x", "file_ids": [str(uuid7())]},
    ):
        assert (await karin.put(url, body)).status_code == 422
    unknown = await karin.put(url, {"file_ids": [str(uuid7())]})
    assert failing_field(unknown) == (422, "file_ids.0", "not_found")
    assert (await anna.put(url, {})).status_code == 403
    assert (await read_case(anna, case))["items"][0]["state"] == "open"


async def test_an_item_is_answered_with_the_files_added_to_it(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="document_request", items=["Kontoutdrag", "Inventering"])
    first, second = case["items"]
    added = await add_file(karin, case, item_id=first["id"])
    loose = await add_file(karin, case)
    url = f"/v1/cases/{case['id']}/items"
    await karin.put(f"{url}/{first['id']}/answer", {})
    body = {"file_ids": [loose["id"]]}
    answered = (await karin.put(f"{url}/{second['id']}/answer", body)).json()
    assert answered["status"] == "waiting_for_bureau"
    assert [[each["id"] for each in item["files"]] for item in answered["items"]] == [
        [added["id"]],
        [loose["id"]],
    ]


async def test_an_answer_replaces_the_files_of_the_earlier_one(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="document_request", items=["Kontoutdrag"])
    item = case["items"][0]["id"]
    url = f"/v1/cases/{case['id']}/items/{item}/answer"

    async def answered(body: dict[str, object]) -> list[str]:
        response = await karin.put(url, body)
        assert response.status_code == 200, response.text
        return [each["id"] for each in response.json()["items"][0]["files"]]

    wrong = await add_file(karin, case, item_id=item)
    assert await answered({"file_ids": [wrong["id"]]}) == [wrong["id"]]
    await post(anna, case, f"items/{item}/return", {"reason": "Fel månad."})
    refused = await karin.put(url, {})
    assert refusal(refused) == (422, "invalid_request")
    right = await add_file(karin, case, item_id=item)
    assert await answered({"file_ids": [right["id"]]}) == [right["id"]]
    second_page = await add_file(karin, case, item_id=item)
    assert await answered({}) == [right["id"], second_page["id"]]
    assert await answered({"not_applicable": True, "reason": "Inget konto."}) == []
    assert await answered({"file_ids": [right["id"]]}) == [right["id"]]
    accepted = (await post(anna, case, f"items/{item}/accept")).json()
    assert [each["id"] for each in accepted["items"][0]["files"]] == [right["id"]]


async def test_after_a_return_the_files_added_since_then_answer(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="document_request", items=["Kontoutdrag"])
    item = case["items"][0]["id"]
    url = f"/v1/cases/{case['id']}/items/{item}/answer"
    await add_file(karin, case, item_id=item)
    await karin.put(url, {})
    await post(anna, case, f"items/{item}/return", {"reason": "Fel månad."})
    right = await add_file(karin, case, item_id=item)
    answered = (await karin.put(url, {})).json()
    assert [each["id"] for each in answered["items"][0]["files"]] == [right["id"]]
