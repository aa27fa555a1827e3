"""Opening, sending and steering cases, through the public door."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx

from services.cases.jobs import close_resolved
from services.cases.tables import Case
from shared.clock import stockholm_date, utcnow
from shared.events.cases import CaseCreated, CaseResolved, CaseSent, CaseStatusChanged
from shared.ids import uuid7
from tests.cases.conftest import World


async def test_a_sent_case_waits_for_the_customer_and_says_so(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case = await world.case(anna, customer, labels=["moms"], due_on="2026-01-31", priority="high")
    assert case["status"] == "waiting_for_customer"
    assert case["waiting_for"] == "customer"
    assert case["allowed_transitions"] == ["resolve", "cancel"]
    assert case["account_id"] == str(customer.account_id)
    assert case["assignee_id"] == str(anna.id)
    assert case["overdue"] is True
    karin = customer.people[0]
    assert case["participants"] == [
        {"contact_id": str(karin.contact_id), "user_id": str(karin.user_id), "name": karin.name}
    ]
    created, sent, changed = await world.events(case)
    assert isinstance(created, CaseCreated)
    assert created.recipient_ids == []
    assert isinstance(sent, CaseSent)
    assert sent.recipient_ids == [karin.user_id]
    assert (sent.by, sent.sequence, sent.status) == ("bureau", 2, "waiting_for_customer")
    assert isinstance(changed, CaseStatusChanged)
    assert changed.previous == "draft"


async def test_the_customer_sees_it_unread_without_what_is_the_bureaus_own(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case = await world.case(anna, customer, labels=["svår kund"], follower_ids=[str(anna.id)])
    karin = customer.people[0]
    seen = await world.get(case, karin.headers)
    assert (seen["unread"], seen["labels"], seen["follower_ids"]) == (True, [], [])
    assert seen["allowed_transitions"] == []
    read = await world.client.put(f"/v1/cases/{case['id']}/read", headers=karin.headers)
    assert read.json()["unread"] is False
    listed = (await world.client.get("/v1/cases", headers=karin.headers)).json()["items"]
    assert [(each["id"], each["unread"]) for each in listed] == [(case["id"], False)]
    hidden = await world.client.get("/v1/cases?label=svår kund", headers=karin.headers)
    assert hidden.json()["items"] == []


async def test_a_draft_is_the_bureaus_own_until_it_is_sent(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    draft = await world.case(anna, customer, send=False)
    karin = customer.people[0].headers
    assert draft["status"] == "draft"
    assert (await world.client.get(f"/v1/cases/{draft['id']}", headers=karin)).status_code == 404
    assert (await world.client.get("/v1/cases", headers=karin)).json()["items"] == []
    assert (await world.client.get("/v1/cases/counts", headers=karin)).json()["total"] == 0
    sent = await world.post(draft, "send", anna.headers)
    assert sent.json()["status"] == "waiting_for_customer"
    assert (await world.get(draft, karin))["unread"] is True
    again = await world.post(draft, "send", anna.headers)
    assert again.status_code == 409
    assert again.json()["code"] == "transition_not_allowed"
    assert again.json()["allowed_transitions"] == ["resolve", "cancel"]


async def test_numbers_have_no_gaps_even_when_cases_are_opened_at_once(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    refused = {"customer_id": str(customer.id), "type": "question", "subject": "x", "body": "x", "send": True}

    async def refuse() -> None:
        answer = await world.client.post("/v1/cases", json=refused, headers=anna.headers)
        assert answer.json()["code"] == "participants_missing"

    made = await asyncio.gather(
        *(world.case(anna, customer) for _ in range(5)), *(refuse() for _ in range(3))
    )
    numbers = sorted(case["number"] for case in made if case)
    year = numbers[0][:4]
    assert numbers == [f"{year}-00000{number}" for number in range(1, 6)]


async def test_no_case_without_an_open_collaboration(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case = await world.case(anna, customer)
    await world.ended(customer)
    body = {"customer_id": str(customer.id), "type": "question", "subject": "x", "body": "x"}
    answer = await world.client.post("/v1/cases", json=body, headers=anna.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_collaboration")
    message = await world.post(case, "messages", anna.headers, {"body": "Hej"})
    assert message.json()["code"] == "no_collaboration"
    assert (await world.get(case, anna.headers))["status"] == "waiting_for_customer"


async def test_a_limited_employee_opens_cases_for_its_own_customers_only(world: World) -> None:
    anna, bo = await world.employee(), await world.employee("Bo Alm", customers="limited")
    his, hers = await world.customer(bo), await world.customer(anna)
    await world.case(bo, his)
    body = {"customer_id": str(hers.id), "type": "question", "subject": "x", "body": "x"}
    answer = await world.client.post("/v1/cases", json=body, headers=bo.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_customer")
    case = await world.case(anna, hers)
    assert (await world.post(case, "messages", bo.headers, {"body": "Hej"})).status_code == 403
    assert (await world.post(case, "cancel", bo.headers)).status_code == 403
    assert (await world.get(case, anna.headers))["status"] == "waiting_for_customer"


async def test_what_a_case_must_say(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)

    async def fields(**body: object) -> list[str]:
        answer = await world.client.post("/v1/cases", json=body, headers=anna.headers)
        assert answer.status_code == 422, answer.text
        return [each["field"] for each in answer.json()["errors"]]

    own = {"customer_id": str(customer.id)}
    assert await fields(type="question", subject="x", body="x") == ["customer_id"]
    assert await fields(**own, type="question") == ["subject", "body"]
    assert await fields(**own, type="document_request", subject="x", body="x") == ["items"]
    assert await fields(**own, type="question", subject="x", body="x", items=["a"]) == ["items"]
    assert await fields(**own, type="poem", subject="x", body="x") == ["type"]
    assert await fields(**own, type="question", subject="x", body="x", mood="good") == ["mood"]
    unknown = {**own, "type": "question", "subject": "x", "body": "x", "employee_id": str(anna.id)}
    answer = await world.client.post("/v1/cases", json=unknown, headers=anna.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "field_not_allowed")


async def test_steps_by_hand_and_their_refusals(world: World) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    assert (await world.post(case, "close", anna.headers)).json()["code"] == "transition_not_allowed"
    resolved = (await world.post(case, "resolve", anna.headers)).json()
    assert (resolved["status"], resolved["allowed_transitions"]) == ("resolved", ["close", "reopen"])
    assert (await world.post(case, "reopen", anna.headers)).json()["status"] == "waiting_for_bureau"
    await world.post(case, "resolve", anna.headers)
    assert (await world.post(case, "close", anna.headers)).json()["allowed_transitions"] == []
    assert (await world.post(case, "cancel", anna.headers)).status_code == 409
    assert sum(isinstance(event, CaseResolved) for event in await world.events(case)) == 2
    customer = await world.customer(anna)
    cancelled = await world.post(await world.case(anna, customer), "cancel", anna.headers)
    assert cancelled.json()["status"] == "cancelled"


async def test_changing_takes_the_version_seen_and_never_alters_what_was_sent(world: World) -> None:
    anna = await world.employee()
    draft = await world.case(anna, await world.customer(anna), send=False)
    url = f"/v1/cases/{draft['id']}"

    async def change(headers: dict[str, str], **body: object) -> httpx.Response:
        return await world.client.patch(url, json=body, headers=anna.headers | headers)

    assert (await change({}, subject="Nytt")).status_code == 428
    changed = await change({"If-Match": '"1"'}, subject="Nytt", due_on="2030-01-01")
    assert (changed.json()["subject"], changed.headers["etag"]) == ("Nytt", '"2"')
    assert (await change({"If-Match": '"1"'}, subject="Igen")).status_code == 412
    await world.post(draft, "send", anna.headers)
    assert (await change({"If-Match": "*"}, body="Annat")).json()["code"] == "not_a_draft"
    moved = await change({"If-Match": "*"}, due_on=None, labels=["bokslut"])
    assert (moved.json()["due_on"], moved.json()["labels"]) == (None, ["bokslut"])


async def test_lists_page_filter_and_count(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    first = await world.case(anna, customer, subject="Moms 100 %", labels=["moms"], due_on="2020-01-01")
    second = await world.case(anna, customer, type="information", subject="Stängt")
    third = await world.case(anna, customer, send=False, subject="Lön")
    await world.post(first, "messages", customer.people[0].headers, {"body": "Här"})

    async def ids(query: str) -> list[str]:
        answer = await world.client.get(f"/v1/cases?{query}", headers=anna.headers)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    newest_first = [first["id"], third["id"], second["id"]]
    assert await ids("") == newest_first
    page = (await world.client.get("/v1/cases?limit=2", headers=anna.headers)).json()
    assert [each["id"] for each in page["items"]] == newest_first[:2]
    assert await ids(f"limit=2&cursor={page['next']}") == newest_first[2:]
    assert await ids("unread=true") == [first["id"]]
    assert await ids("overdue=true") == [first["id"]]
    assert await ids("overdue=false&status=draft&status=sent") == [third["id"], second["id"]]
    assert await ids("waiting_for=bureau") == [first["id"]]
    assert await ids("label=moms") == [first["id"]]
    assert await ids("q=100 %25") == [first["id"]]
    assert await ids("q=%25%25") == []
    assert await ids(f"customer={uuid7()}") == []
    assert await ids(f"assignee={anna.id}&type=information") == [second["id"]]
    assert await ids("updated_since=2099-01-01T00:00:00Z") == []
    assert (await world.client.get("/v1/cases?mood=good", headers=anna.headers)).status_code == 200
    counts = (await world.client.get("/v1/cases/counts", headers=anna.headers)).json()
    assert counts == {
        "total": 3,
        "status": {"waiting_for_bureau": 1, "sent": 1, "draft": 1},
        "waiting_for": {"customer": 0, "bureau": 1},
        "unread": 1,
        "overdue": 1,
    }


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


async def test_an_administrator_of_the_account_sees_what_is_not_private(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    chief = await world.person(customer, name="Chefen", role="administrator")
    shared_one = await world.case(anna, customer)
    private = await world.case(anna, customer, private_to_participants=True)
    seen = (await world.client.get("/v1/cases", headers=chief.headers)).json()["items"]
    assert [each["id"] for each in seen] == [shared_one["id"]]
    answer = await world.client.get(f"/v1/cases/{private['id']}", headers=chief.headers)
    assert answer.status_code == 404


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


async def test_a_resolved_case_is_closed_when_it_can_no_longer_be_reopened(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    old, fresh = await world.case(anna, customer), await world.case(anna, customer)
    for case in (old, fresh):
        await world.post(case, "resolve", anna.headers)
    async with world.consumer.database.transaction(bureau_id=world.bureau_id) as session:
        row = await session.get_one(Case, UUID(old["id"]))
        row.resolved_at = utcnow() - timedelta(days=31)
    for _ in range(2):
        await close_resolved(world.consumer.database)
    closed = await world.get(old, anna.headers)
    assert (closed["status"], closed["version"]) == ("closed", 4)
    assert (await world.get(fresh, anna.headers))["status"] == "resolved"


async def test_a_template_fills_in_what_the_sender_left_out(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    shipped = (await world.client.get("/v1/templates?language=sv&limit=200", headers=anna.headers)).json()
    (template,) = [each for each in shipped["items"] if each["key"] == "vat_return_approval"]
    body = {
        "customer_id": str(customer.id),
        "template_id": template["id"],
        "period": "oktober 2026",
        "body": "Se bilagan.",
        "participant_ids": [str(customer.people[0].contact_id)],
        "send": True,
    }
    answer = await world.client.post("/v1/cases", json=body, headers=anna.headers)
    assert answer.status_code == 201, answer.text
    case = answer.json()
    assert (case["type"], case["priority"], case["approval_rule"]) == ("approval", "high", "one")
    assert (case["subject"], case["body"]) == ("Godkänn momsdeklarationen oktober 2026", "Se bilagan.")
    assert case["due_on"] == str(stockholm_date(utcnow()) + timedelta(days=3))
