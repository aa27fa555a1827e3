"""Items, approvals and acknowledgements."""

from typing import Any
from uuid import UUID

import httpx

from services.cases.actors import Actor
from services.cases.answers.commands import void_approvals
from services.cases.queries import locked_case
from shared.clock import utcnow
from shared.events.cases import ApprovalRequested, CaseResolved, ItemAnswered
from shared.ids import uuid7
from tests.cases.conftest import Headers, World


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


async def test_one_approval_is_enough_where_the_sender_said_so(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna, people=2)
    case = await world.case(anna, customer, type="approval", statement="Jag godkänner.")
    assert [each["state"] for each in case["approvals"]] == ["pending", "pending"]
    assert any(isinstance(event, ApprovalRequested) for event in await world.events(case))
    karin = customer.people[0]
    approved = (await world.post(case, "approval", karin.headers, {"decision": "approve"})).json()
    assert approved["status"] == "resolved"
    (decided,) = [each for each in approved["approvals"] if each["user_id"] == str(karin.user_id)]
    assert (decided["state"], decided["authenticated_by"]) == ("approved", "password")
    assert decided["decided_at"] is not None
    again = await world.post(case, "approval", karin.headers, {"decision": "decline", "comment": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    late = await world.post(case, "approval", customer.people[1].headers, {"decision": "approve"})
    assert late.json()["code"] == "case_not_open"


async def test_all_must_approve_and_one_who_declines_says_why(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna, people=2)
    first, second = customer.people
    case = await world.case(anna, customer, type="approval", approval_rule="all")
    approved = await world.post(case, "approval", first.headers, {"decision": "approve"})
    assert approved.json()["status"] == "waiting_for_customer"
    assert (await world.post(case, "approval", second.headers, {"decision": "decline"})).status_code == 422
    body = {"decision": "decline", "comment": "Fel belopp."}
    declined = await world.post(case, "approval", second.headers, body)
    assert declined.json()["status"] == "waiting_for_bureau"
    chief = await world.person(customer, role="administrator")
    stranger = await world.post(case, "approval", chief.headers, {"decision": "approve"})
    assert stranger.json()["code"] == "not_an_approver"


async def test_information_is_read_by_all_or_asks_for_nothing(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna, people=2)
    quiet = await world.case(anna, customer, type="information")
    assert (quiet["status"], quiet["waiting_for"]) == ("sent", None)
    case = await world.case(anna, customer, type="information", must_acknowledge=True)
    assert case["status"] == "waiting_for_customer"
    first, second = customer.people
    for _ in range(2):
        read = await world.post(case, "acknowledge", first.headers)
        assert (read.status_code, len(read.json()["acknowledgements"])) == (200, 1)
    assert (await world.post(case, "acknowledge", second.headers)).json()["status"] == "resolved"


async def test_each_type_is_answered_in_its_own_way(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    question = await world.case(anna, customer)
    for path, body in (("approval", {"decision": "approve"}), ("acknowledge", None)):
        refused = await world.post(question, path, karin, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_case_type")


async def test_a_new_version_of_a_document_voids_what_was_approved_visibly(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    case = await world.case(anna, customer, type="approval")
    await world.post(case, "approval", karin, {"decision": "approve"})
    async with world.consumer.database.transaction(bureau_id=world.bureau_id) as session:
        row = await locked_case(session, world.bureau_id, UUID(case["id"]))
        await void_approvals(session, row, at=utcnow(), by=Actor("bureau", anna.user_id))
    seen = await world.get(case, karin)
    assert seen["status"] == "waiting_for_customer"
    assert [(each["state"], each["voided_at"] is None) for each in seen["approvals"]] == [
        ("approved", False),
        ("pending", True),
    ]
    again = await world.post(case, "approval", karin, {"decision": "approve"})
    assert (again.status_code, again.json()["status"]) == (200, "resolved")


async def add_file(world: World, case: dict[str, Any], headers: Headers, **form: str) -> dict[str, Any]:
    answer = await world.client.post(
        f"/v1/cases/{case['id']}/files",
        files={"file": ("rapport.txt", f"Summa {uuid7()}".encode(), "text/plain")},
        data=form,
        headers=headers,
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_an_approval_names_the_documents_as_they_were(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    case = await world.case(anna, customer, type="approval", send=False)
    document = await add_file(world, case, anna.headers)
    await world.post(case, "send", anna.headers)
    await add_file(world, case, karin)
    approved = (await world.post(case, "approval", karin, {"decision": "approve"})).json()
    (approval,) = approved["approvals"]
    assert approval["document_hashes"] == [
        {"file_id": document["id"], "name": "rapport.txt", "sha256": document["sha256"]}
    ]
    await add_file(world, case, anna.headers)
    asked_again = await world.get(case, karin)
    assert asked_again["status"] == "waiting_for_customer"
    assert [each["state"] for each in asked_again["approvals"]] == ["approved", "pending"]


async def test_an_item_is_answered_with_the_files_added_to_it(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    case = await world.case(anna, customer, type="document_request", items=["Kontoutdrag", "Inventering"])
    first, second = case["items"]
    added = await add_file(world, case, karin, item_id=first["id"])
    loose = await add_file(world, case, karin)
    url = f"/v1/cases/{case['id']}/items"
    await world.client.put(f"{url}/{first['id']}/answer", json={}, headers=karin)
    body = {"file_ids": [loose["id"]]}
    answered = (await world.client.put(f"{url}/{second['id']}/answer", json=body, headers=karin)).json()
    assert answered["status"] == "waiting_for_bureau"
    assert [[each["id"] for each in item["files"]] for item in answered["items"]] == [
        [added["id"]],
        [loose["id"]],
    ]
