"""A template's texts for one customer: in whose language, with which values, and what can't be sent."""

import time
from typing import Any

import httpx
import pytest

from services.cases.templates.catalogue import id_of, ready_made
from services.cases.templates.placeholders import fill, is_unfinished
from shared.events.identity import ContactChanged, CustomerChanged
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.cases import Colleague, Counterpart, Participant, collaborate, join
from tests.factories.events import event_of
from tests.factories.records import main_contact
from tests.factories.service import Service

VAT = id_of("vat_documents")


async def speak(service: Service, participant: Participant, language: str) -> None:
    """The bureau's register has this as the person's language."""
    await service.deliver(event_of(ContactChanged, participant.contact, sequence=2, language=language))


async def lead(service: Service, customer: Counterpart, participant: Participant) -> None:
    """The person becomes the customer's main contact."""
    main = main_contact(participant.name, contact_id=participant.contact_id)
    await service.deliver(event_of(CustomerChanged, customer, sequence=2, main_contact=main))


async def preview(
    by: Caller, template_id: object, customer: Counterpart, *, language: str | None = None, **more: Any
) -> httpx.Response:
    asked = f"?language={language}" if language else ""
    body = {"customer_id": str(customer.customer_id), **more}
    return await by.post(f"/v1/templates/{template_id}/preview{asked}", body)


async def opened(by: Caller, template_id: object, customer: Counterpart, **more: Any) -> httpx.Response:
    body = {"customer_id": str(customer.customer_id), "template_id": str(template_id), **more}
    return await by.post("/v1/cases", body)


async def own(by: Caller, **fields: Any) -> dict[str, Any]:
    template = {"name": "Fråga", "type": "question", "subject": "Fråga", "body": "Hej"}
    answer = await by.post("/v1/templates", template | fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("language", "greeting"), [("en", "Hello Karin0,"), ("sv", "Hej Karin0,")])
async def test_the_recipients_language_decides(
    service: Service,
    anna: Colleague,
    customer: Counterpart,
    karin: Participant,
    language: str,
    greeting: str,
) -> None:
    await speak(service, karin, language)
    await lead(service, customer, karin)
    other = "sv" if language == "en" else "en"
    anna = anna.sending(accept_language=other)
    shown = (await preview(anna, VAT, customer, period="2026")).json()
    case = (
        await opened(anna, VAT, customer, period="2026", participant_ids=[str(karin.contact_id)], send=True)
    ).json()
    assert case["status"] == "waiting_for_customer"
    assert shown["body"].startswith(greeting)
    assert (case["subject"], case["body"]) == (shown["subject"], shown["body"])
    assert [each["text"] for each in case["items"]] == shown["items"]
    assert (shown["language"], shown["missing"]) == (language, [])
    asked = (await preview(anna, VAT, customer, period="2026", language=other)).json()
    case = (await opened(anna, VAT, customer, period="2026", language=other)).json()
    assert asked["language"] == other
    assert case["body"] == asked["body"]
    assert not asked["body"].startswith(greeting)


async def test_of_several_recipients_the_first_decides(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    nils = await join(service, customer, name="Nils Berg")
    await speak(service, nils, "en")
    await lead(service, customer, karin)
    both = [str(nils.contact_id), str(karin.contact_id)]
    for people, greeting in ((both, "Hello Nils and Karin0,"), (both[::-1], "Hej Karin0 och Nils,")):
        said: dict[str, Any] = {"period": "2026", "participant_ids": people}
        shown = (await preview(anna, VAT, customer, **said)).json()
        case = (await opened(anna, VAT, customer, **said)).json()
        assert shown["body"].startswith(greeting)
        assert case["body"] == shown["body"]


async def test_a_draft_without_participants_is_written_to_the_main_contact(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    await speak(service, karin, "en")
    await lead(service, customer, karin)
    case = (await opened(anna, VAT, customer, period="2026")).json()
    assert case["body"].startswith("Hello Karin0,")


async def test_a_preview_for_those_who_can_not_receive_is_refused_as_the_case_is(
    anna: Colleague, customer: Counterpart
) -> None:
    said: dict[str, Any] = {"period": "2026", "participant_ids": [str(uuid7())]}
    for answer in (await preview(anna, VAT, customer, **said), await opened(anna, VAT, customer, **said)):
        assert answer.status_code == 422
        assert [each["code"] for each in answer.json()["errors"]] == ["unknown_contact"]


@pytest.mark.parametrize("period", [None, "   "])
async def test_a_placeholder_without_a_value_is_refused_and_shown_in_the_preview(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant, period: str | None
) -> None:
    await lead(service, customer, karin)
    shown = await preview(anna, VAT, customer)
    assert shown.json()["missing"] == ["period"]
    assert shown.json()["subject"] == "Underlag för moms {{period}}"
    people = [str(karin.contact_id)]
    for send in (True, False):
        said = {} if period is None else {"period": period}
        answer = await opened(anna, VAT, customer, participant_ids=people, send=send, **said)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["field"] == "period"
        if period is None:
            assert (answer.json()["code"], error["code"]) == ("placeholder_without_value",) * 2
    listed = await anna.read("/v1/cases", customer=str(customer.customer_id))
    assert listed["items"] == []


async def test_each_kind_of_value_may_be_missing(service: Service, anna: Colleague) -> None:
    customer = await collaborate(service, anna)
    template = await own(anna, body="{{contact.first_name}} {{due_on}} {{ due_on }} {{customer.name}}")
    shown = (await preview(anna, template["id"], customer)).json()
    assert shown["missing"] == ["contact.first_name", "due_on"]
    assert shown["body"] == "{{contact.first_name}} {{due_on}} {{ due_on }} Bageriet AB"
    answer = await opened(anna, template["id"], customer)
    assert {each["field"] for each in answer.json()["errors"]} == {"participant_ids", "due_on"}
    given: dict[str, Any] = {"due_on": "2026-12-24", "participant_ids": [str(customer.people[0].contact_id)]}
    case = (await opened(anna, template["id"], customer, **given)).json()
    assert case["body"] == "Karin0 2026-12-24 2026-12-24 Bageriet AB"
    assert (await preview(anna, template["id"], customer, **given)).json()["body"] == case["body"]


async def test_what_the_sender_writes_is_taken_as_it_is(anna: Colleague, customer: Counterpart) -> None:
    """Placeholders are of the template's texts; a text that replaces one needs no values."""
    template = await own(anna, subject="Fråga {{period}}", body="{{period}} {{contact.first_name}}")
    said = {"subject": "Om {{period}}", "body": "Hej {{ x"}
    case = (await opened(anna, template["id"], customer, **said)).json()
    assert (case["subject"], case["body"]) == ("Om {{period}}", "Hej {{ x")
    answer = await opened(anna, template["id"], customer, subject="Utan period")
    assert {each["field"] for each in answer.json()["errors"]} == {"period", "participant_ids"}


async def test_a_value_is_not_looked_at_for_placeholders(anna: Colleague, customer: Counterpart) -> None:
    template = await own(anna, subject="Om {{period}}")
    case = (await opened(anna, template["id"], customer, period="{{customer.name}} {{")).json()
    assert case["subject"] == "Om {{customer.name}} {{"


@pytest.mark.parametrize("period", ["mars\n2027", "x" * 101, "\u202e2027"])
async def test_a_period_is_one_short_line_at_both_doors(
    anna: Colleague, customer: Counterpart, period: str
) -> None:
    for answer in (
        await preview(anna, VAT, customer, period=period),
        await opened(anna, VAT, customer, period=period),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert [each["field"] for each in answer.json()["errors"]] == ["period"]


@pytest.mark.parametrize("item", ["Utdrag\nmars", "Utdrag \u202efdp", " ", "x" * 501])
async def test_an_item_is_one_line_at_both_doors(anna: Colleague, customer: Counterpart, item: str) -> None:
    asked = {"type": "document_request", "subject": "Underlag", "body": "Hej", "items": ["Saldo", item]}
    for answer in (
        await anna.post("/v1/templates", {"name": "Underlag", **asked}),
        await anna.post("/v1/cases", {"customer_id": str(customer.customer_id), **asked}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert [each["field"] for each in answer.json()["errors"]] == ["items.1"]


async def test_a_filled_text_is_no_longer_than_a_written_one(anna: Colleague, customer: Counterpart) -> None:
    longest = {"subject": "x" * 188 + "{{period}}", "body": "{{period}}" * 2000}
    template = await own(anna, **longest)
    answer = await opened(anna, template["id"], customer, period="y" * 100)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    errors = [(each["field"], each["code"]) for each in answer.json()["errors"]]
    assert errors == [("subject", "too_long"), ("body", "too_long")]
    fitting = await opened(anna, template["id"], customer, period="y" * 10)
    assert fitting.status_code == 201


@pytest.mark.parametrize("text", ["{{period", "{{ {{period}}", "{{customer.name}} {{\n{x}}"])
async def test_a_placeholder_without_an_end_is_refused(anna: Colleague, text: str) -> None:
    template = {"name": "Fråga", "type": "question", "subject": "Fråga", "body": text}
    answer = await anna.post("/v1/templates", template)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_placeholder")
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("body", "unfinished_placeholder")
    ]


@pytest.mark.parametrize("text", ["{{" * 10_000, "{{}}" * 5_000, "{" * 20_000, "{{a" * 6_666, "{{ " * 6_666])
async def test_a_text_full_of_braces_takes_no_time(anna: Colleague, text: str) -> None:
    began = time.process_time()
    for _ in range(20):
        fill(text, {"period": "2026"})
        is_unfinished(text)
    assert time.process_time() - began < 1
    template = {"name": "Fråga", "type": "question", "subject": "Fråga", "body": text}
    answer = await anna.post("/v1/templates", template)
    assert answer.json()["code"] == "unknown_placeholder"
    assert len(answer.json()["errors"]) <= 20


async def test_an_approval_says_what_one_agrees_to(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    statement = {"type": "approval", "statement": "Jag godkänner {{ period }}."}
    template = await own(anna, **statement)
    read = await anna.read(f"/v1/templates/{template['id']}")
    assert read["statement"] == "Jag godkänner {{ period }}."
    lacking = await opened(anna, template["id"], customer)
    assert [each["field"] for each in lacking.json()["errors"]] == ["period"]
    shown = (await preview(anna, template["id"], customer, period="mars")).json()
    case = (await opened(anna, template["id"], customer, period="mars")).json()
    assert case["statement"] == shown["statement"] == "Jag godkänner mars."
    given = (await opened(anna, template["id"], customer, statement="Ja.")).json()
    assert given["statement"] == "Ja."
    url = f"/v1/templates/{template['id']}"
    without = await anna.call("PATCH", url, json={"statement": None}, version="*")
    assert without.json()["statement"] is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "question", "statement": "Ja."}, "wrong_case_type"),
        ({"type": "approval", "statement": "{{priod}}"}, "unknown_placeholder"),
    ],
)
async def test_a_statement_that_can_not_be_used_is_refused(
    anna: Colleague, fields: dict[str, Any], code: str
) -> None:
    template = {"name": "Fråga", "subject": "Fråga", "body": "Hej", **fields}
    answer = await anna.post("/v1/templates", template)
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("statement", code)]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("key", [each.key for each in ready_made("sv").values()])
async def test_each_ready_made_one_reads_well(
    service: Service, anna: Colleague, language: str, key: str
) -> None:
    customer = await collaborate(service, anna)
    karin = customer.people[0]
    await speak(service, karin, language)
    await lead(service, customer, karin)
    shown = (await preview(anna, id_of(key), customer, period="2026")).json()
    case = (await opened(anna, id_of(key), customer, period="2026")).json()
    texts = ("subject", "body", "statement")
    assert [case[name] for name in texts] == [shown[name] for name in texts]
    assert (shown["statement"] is None, shown["missing"]) == (case["type"] != "approval", [])
    for text in (*(shown[name] or "" for name in texts), *shown["items"]):
        assert not [each for each in ("  ", " .", " ,", "{", "}", "None", ",,", "..") if each in text]
    lacking = (await preview(anna, id_of(key), customer)).json()["missing"]
    refused = await opened(anna, id_of(key), customer)
    assert refused.status_code == (422 if lacking else 201)
