"""Opening and sending cases from the bureau, also from templates."""

import asyncio
from datetime import timedelta

from shared.clock import stockholm_date, utcnow
from shared.events.cases import CaseCreated, CaseSent, CaseStatusChanged
from tests.cases.factories import World


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
