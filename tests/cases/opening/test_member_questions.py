"""Cases that members open."""

from typing import Any

import httpx

from shared.events.invitations import CollaborationEnded
from shared.ids import uuid7
from tests.factories.callers import Caller, failing_field
from tests.factories.cases import (
    Colleague,
    Counterpart,
    Participant,
    collaborate,
    events_about,
    hire,
    open_case,
    read_case,
)
from tests.factories.events import event_of
from tests.factories.records import Bureau
from tests.factories.service import Service


async def ask(by: Caller, **fields: Any) -> httpx.Response:
    body = {"subject": "Fråga", "body": "Hur gör jag?", **fields}
    return await by.post("/v1/cases", body)


async def test_a_question_to_the_bureau_reaches_the_responsible_employee(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    answer = await ask(karin, account_id=str(customer.account_id))
    assert answer.status_code == 201, answer.text
    case = answer.json()
    assert (case["type"], case["status"]) == ("question", "waiting_for_bureau")
    assert case["assignee_id"] == str(anna.employee_id)
    assert (case["unread"], case["participants"][0]["user_id"]) == (False, str(karin.user_id))
    assert (await read_case(anna, case))["unread"] is True
    created, sent = await events_about(service, case)
    assert (created.by, sent.recipient_ids) == ("customer", [anna.user_id])


async def test_to_an_employee_takes_an_earlier_case(
    service: Service, bureau: Bureau, customer: Counterpart, karin: Participant
) -> None:
    bo = await hire(service, bureau, "Bo Alm")
    stranger = await ask(karin, employee_id=str(bo.employee_id))
    assert failing_field(stranger) == (422, "employee_id", "not_found")
    await open_case(bo, customer)
    answer = await ask(karin, employee_id=str(bo.employee_id))
    assert (answer.status_code, answer.json()["assignee_id"]) == (201, str(bo.employee_id))


async def test_several_collaborations_must_be_told_apart(
    service: Service, bureau: Bureau, other_bureau: Bureau, customer: Counterpart, karin: Participant
) -> None:
    eva = await hire(service, other_bureau, "Eva Dal")
    other = await collaborate(service, eva, account_id=customer.account_id)
    assert (await ask(karin)).json()["code"] == "several_collaborations"
    chosen = await ask(karin, bureau_id=str(other_bureau.id))
    assert (chosen.status_code, chosen.json()["customer_id"]) == (201, str(other.customer_id))
    chosen = await ask(karin, customer_id=str(customer.customer_id))
    assert chosen.json()["bureau_id"] == str(bureau.id)
    both = (await karin.get("/v1/cases")).json()["items"]
    assert {each["bureau_id"] for each in both} == {str(bureau.id), str(other_bureau.id)}
    assert (await ask(karin, customer_id=str(uuid7()))).status_code == 404
    assert (await ask(karin, account_id=str(uuid7()))).status_code == 404


async def test_a_member_sets_only_a_questions_fields(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    refused = await ask(karin, assignee_id=str(anna.employee_id), priority="high")
    assert (refused.status_code, refused.json()["code"]) == (403, "field_not_allowed")
    assert (await ask(karin, type="approval")).status_code == 403
    assert (await ask(karin, type="question")).status_code == 201
    for wish in (True, False):
        unsent = await ask(karin, send=wish)
        assert [(each["field"], each["code"]) for each in unsent.json()["errors"]] == [
            ("send", "unknown_field")
        ]
    empty = await karin.post("/v1/cases", {})
    assert [each["field"] for each in empty.json()["errors"]] == ["subject", "body"]
    await service.deliver(event_of(CollaborationEnded, customer, sequence=2))
    assert (await ask(karin)).json()["code"] == "no_collaboration"
