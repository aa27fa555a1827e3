"""Opening and sending cases from the bureau, also from templates."""

import asyncio
from datetime import timedelta

from shared.clock import stockholm_date, utcnow
from shared.events.cases import CaseAssigned, CaseCreated, CaseSent, CaseStatusChanged
from shared.events.invitations import CollaborationEnded
from tests.factories.cases import (
    Colleague,
    Counterpart,
    Participant,
    collaborate,
    events_about,
    hire,
    open_case,
    post,
    read_case,
)
from tests.factories.events import event_of
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_a_sent_case_waits_for_the_customer_and_says_so(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, labels=["moms"], due_on="2026-01-31", priority="high")
    assert case["status"] == "waiting_for_customer"
    assert case["waiting_for"] == "customer"
    assert case["allowed_transitions"] == ["resolve", "cancel"]
    assert case["account_id"] == str(customer.account_id)
    assert case["assignee_id"] == str(anna.employee_id)
    assert case["overdue"] is True
    assert case["participants"] == [
        {
            "contact_id": str(karin.contact_id),
            "user_id": str(karin.user_id),
            "name": karin.name,
            "is_contact": True,
        }
    ]
    created, sent, changed = await events_about(service, case)
    assert isinstance(created, CaseCreated)
    assert created.recipient_ids == []
    assert isinstance(sent, CaseSent)
    assert sent.recipient_ids == [karin.user_id]
    assert (sent.by, sent.sequence, sent.status) == ("bureau", 2, "waiting_for_customer")
    assert isinstance(changed, CaseStatusChanged)
    assert changed.previous == "draft"


async def test_a_draft_is_the_bureaus_own_until_it_is_sent(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    draft = await open_case(anna, customer, send=False)
    assert draft["status"] == "draft"
    assert (await karin.get(f"/v1/cases/{draft['id']}")).status_code == 404
    assert (await karin.get("/v1/cases")).json()["items"] == []
    assert (await karin.get("/v1/cases/counts")).json()["total"] == 0
    sent = await post(anna, draft, "send")
    assert sent.json()["status"] == "waiting_for_customer"
    assert (await read_case(karin, draft))["unread"] is True
    again = await post(anna, draft, "send")
    assert again.status_code == 409
    assert again.json()["code"] == "transition_not_allowed"
    assert again.json()["allowed_transitions"] == ["resolve", "cancel"]


async def test_who_is_given_a_case_at_its_opening_hears_of_it(
    service: Service, anna: Colleague, customer: Counterpart, bureau: Bureau
) -> None:
    bo = await hire(service, bureau)
    for send in (True, False):
        case = await open_case(anna, customer, send=send, assignee_id=str(bo.employee_id))
        (assigned,) = [each for each in await events_about(service, case) if isinstance(each, CaseAssigned)]
        assert (assigned.recipient_ids, assigned.assignee_id) == ([bo.user_id], bo.employee_id)
    own = await open_case(anna, customer, assignee_id=str(anna.employee_id))
    assert CaseAssigned not in {type(each) for each in await events_about(service, own)}


async def test_numbers_have_no_gaps_even_when_cases_are_opened_at_once(
    anna: Colleague, customer: Counterpart
) -> None:
    refused = {
        "customer_id": str(customer.customer_id),
        "type": "question",
        "subject": "x",
        "body": "x",
        "send": True,
    }

    async def refuse() -> None:
        answer = await anna.post("/v1/cases", refused)
        assert answer.json()["code"] == "participants_missing"

    made = await asyncio.gather(*(open_case(anna, customer) for _ in range(5)), *(refuse() for _ in range(3)))
    numbers = sorted(case["number"] for case in made if case)
    year = numbers[0][:4]
    assert numbers == [f"{year}-00000{number}" for number in range(1, 6)]


async def test_no_case_without_an_open_collaboration(
    service: Service, anna: Colleague, customer: Counterpart
) -> None:
    case = await open_case(anna, customer)
    await service.deliver(event_of(CollaborationEnded, customer, sequence=2))
    body = {"customer_id": str(customer.customer_id), "type": "question", "subject": "x", "body": "x"}
    answer = await anna.post("/v1/cases", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_collaboration")
    message = await post(anna, case, "messages", {"body": "Hej"})
    assert message.json()["code"] == "no_collaboration"
    assert (await read_case(anna, case))["status"] == "waiting_for_customer"


async def test_a_limited_employee_opens_cases_for_its_own_customers_only(
    service: Service, bureau: Bureau, anna: Colleague
) -> None:
    bo = await hire(service, bureau, "Bo Alm", customers="limited")
    his, hers = await collaborate(service, bo), await collaborate(service, anna)
    await open_case(bo, his)
    body = {"customer_id": str(hers.customer_id), "type": "question", "subject": "x", "body": "x"}
    answer = await bo.post("/v1/cases", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_customer")
    case = await open_case(anna, hers)
    assert (await post(bo, case, "messages", {"body": "Hej"})).status_code == 403
    assert (await post(bo, case, "cancel")).status_code == 403
    assert (await read_case(anna, case))["status"] == "waiting_for_customer"


async def test_what_a_case_must_say(anna: Colleague, customer: Counterpart) -> None:

    async def fields(**body: object) -> list[str]:
        answer = await anna.post("/v1/cases", body)
        assert answer.status_code == 422, answer.text
        return [each["field"] for each in answer.json()["errors"]]

    own = {"customer_id": str(customer.customer_id)}
    assert await fields(type="question", subject="x", body="x") == ["customer_id"]
    assert await fields(**own, type="question") == ["subject", "body"]
    assert await fields(**own, type="document_request", subject="x", body="x") == ["items"]
    assert await fields(**own, type="question", subject="x", body="x", items=["a"]) == ["items"]
    assert await fields(**own, type="poem", subject="x", body="x") == ["type"]
    assert await fields(**own, type="question", subject="x", body="x", mood="good") == ["mood"]
    unknown = {**own, "type": "question", "subject": "x", "body": "x", "employee_id": str(anna.employee_id)}
    answer = await anna.post("/v1/cases", unknown)
    assert (answer.status_code, answer.json()["code"]) == (403, "field_not_allowed")


async def test_a_blank_line_is_refused_as_empty(anna: Colleague, customer: Counterpart) -> None:
    body = {"customer_id": str(customer.customer_id), "type": "question", "subject": " ", "body": "x"}
    (fault,) = (await anna.post("/v1/cases", body)).json()["errors"]
    assert (fault["field"], fault["code"]) == ("subject", "too_short")


async def test_a_template_fills_in_what_the_sender_left_out(anna: Colleague, customer: Counterpart) -> None:
    shipped = (await anna.get("/v1/templates?language=sv&limit=200")).json()
    (template,) = [each for each in shipped["items"] if each["key"] == "vat_return_approval"]
    body = {
        "customer_id": str(customer.customer_id),
        "template_id": template["id"],
        "period": "oktober 2026",
        "body": "Se bilagan.",
        "participant_ids": [str(customer.people[0].contact_id)],
        "send": True,
    }
    answer = await anna.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    case = answer.json()
    assert (case["type"], case["priority"], case["approval_rule"]) == ("approval", "high", "one")
    assert (case["subject"], case["body"]) == ("Godkänn momsdeklarationen oktober 2026", "Se bilagan.")
    assert case["due_on"] == str(stockholm_date(utcnow()) + timedelta(days=3))
