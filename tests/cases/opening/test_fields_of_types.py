"""What only cases of one type have is refused elsewhere, and an approval says what one agrees to."""

from typing import Any

import pytest

from tests.factories.cases import Colleague, Counterpart, add_file, open_case, post, read_case

FOREIGN: list[tuple[str, dict[str, Any]]] = [
    ("question", {"statement": "Jag godkänner."}),
    ("question", {"items": ["Utdrag"]}),
    ("question", {"approval_rule": "all"}),
    ("question", {"must_acknowledge": True}),
    ("information", {"statement": "Jag godkänner."}),
    ("document_request", {"must_acknowledge": True, "items": ["Utdrag"]}),
    ("approval", {"must_acknowledge": True}),
]


def case_of(customer: Counterpart, **fields: Any) -> dict[str, Any]:
    people = [str(each.contact_id) for each in customer.people]
    return {
        "customer_id": str(customer.customer_id),
        "subject": "x",
        "body": "x",
        "participant_ids": people,
        **fields,
    }


async def failing(by: Colleague, body: dict[str, Any]) -> list[tuple[str, str]]:
    answer = await by.post("/v1/cases", body)
    assert answer.status_code == 422, answer.text
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.parametrize(("kind", "fields"), FOREIGN)
async def test_a_field_of_another_type_is_refused(
    anna: Colleague, customer: Counterpart, kind: str, fields: dict[str, Any]
) -> None:
    wrong = next(iter(fields))
    assert await failing(anna, case_of(customer, type=kind, **fields)) == [(wrong, "wrong_case_type")]


async def test_what_is_left_empty_is_no_field_of_another_type(anna: Colleague, customer: Counterpart) -> None:
    empty: dict[str, Any] = {"items": [], "statement": None, "approval_rule": None, "must_acknowledge": False}
    assert (await anna.post("/v1/cases", case_of(customer, type="question", **empty))).status_code == 201


async def test_an_approval_is_sent_with_a_statement_or_a_document(
    anna: Colleague, customer: Counterpart
) -> None:
    assert await failing(anna, case_of(customer, type="approval", send=True)) == [("statement", "required")]
    draft = await open_case(anna, customer, type="approval", send=False)
    refused = await post(anna, draft, "send")
    assert [each["field"] for each in refused.json()["errors"]] == ["statement"]
    assert (await read_case(anna, draft))["status"] == "draft"
    url, version = f"/v1/cases/{draft['id']}", draft["version"]
    stated = await anna.call("PATCH", url, json={"statement": "Jag godkänner."}, version=version)
    assert stated.json()["statement"] == "Jag godkänner."
    taken = await anna.call("PATCH", url, json={"statement": None}, version=version + 1)
    assert taken.json()["statement"] is None
    assert (await post(anna, draft, "send")).status_code == 422
    await add_file(anna, draft)
    sent = await post(anna, draft, "send")
    assert (sent.status_code, sent.json()["status"]) == (200, "waiting_for_customer")
    late = await anna.call("PATCH", url, json={"statement": "Annat."}, version="*")
    assert late.json()["code"] == "not_a_draft"


async def test_a_draft_of_another_type_gets_no_statement(anna: Colleague, customer: Counterpart) -> None:
    draft = await open_case(anna, customer, send=False)
    url = f"/v1/cases/{draft['id']}"
    refused = await anna.call("PATCH", url, json={"statement": "x"}, version=draft["version"])
    assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [
        ("statement", "wrong_case_type")
    ]
    assert (await read_case(anna, draft))["version"] == draft["version"]


async def test_each_label_is_there_once(anna: Colleague, customer: Counterpart) -> None:
    case = await open_case(anna, customer, labels=["moms", "bokslut", " moms "])
    assert case["labels"] == ["moms", "bokslut"]
    url = f"/v1/cases/{case['id']}"
    again = await anna.call("PATCH", url, json={"labels": ["moms", "moms", "bokslut"]}, version="*")
    assert (again.json()["labels"], again.json()["version"]) == (["moms", "bokslut"], case["version"])
