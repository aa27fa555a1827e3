from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.cases.templates.catalogue import id_of, ready_made
from services.cases.templates.placeholders import fill
from shared.events.identity import ContactAdded, CustomerChanged, EmployeeDeactivated
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.cases import Colleague, Counterpart, collaborate, hire
from tests.factories.events import event_of
from tests.factories.records import Bureau, Contact, Employee, Member, main_contact
from tests.factories.service import Service

OWN = {
    "name": "Körjournal",
    "type": "document_request",
    "subject": "Körjournal {{period}}",
    "body": "Hej {{ contact.first_name }}, skicka körjournalen för {{customer.name}} senast {{due_on}}.",
    "items": ["Körjournal {{period}}", "Kvitton"],
    "due_days": 12,
    "priority": "high",
}


async def add(by: Caller, **fields: Any) -> httpx.Response:
    return await by.post("/v1/templates", OWN | fields)


async def own_template(by: Caller) -> dict[str, Any]:
    answer = await add(by)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def with_main_contact(service: Service, responsible: Colleague) -> Counterpart:
    customer = await collaborate(service, responsible)
    contact = Contact(customer.bureau_id, customer.customer_id, "Karin Berg")
    main = main_contact(contact.name, contact_id=contact.contact_id)
    changed = event_of(CustomerChanged, customer, sequence=2, main_contact=main)
    await service.deliver(event_of(ContactAdded, contact), changed)
    return customer


async def test_both_kinds_are_listed_page_by_page(anna: Colleague) -> None:
    own = [(await own_template(anna))["id"] for _ in range(3)]
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"limit": "10", "language": "sv"} | ({"cursor": cursor} if cursor else {})
        answer = (await anna.get("/v1/templates", **query)).json()
        found += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            break
        assert len(answer["items"]) == 10
    shipped = [each for each in found if each["kind"] == "ready_made"]
    assert [each["key"] for each in shipped] == sorted(each.key or "" for each in ready_made("sv").values())
    assert [each["id"] for each in found if each["kind"] == "own"] == own
    assert len(found) == len(shipped) + 3


async def test_the_list_of_one_type(anna: Colleague) -> None:
    await own_template(anna)
    query = {"type": "document_request", "limit": "200"}
    found = (await anna.get("/v1/templates", **query)).json()["items"]
    assert {each["type"] for each in found} == {"document_request"}
    assert {each["kind"] for each in found} == {"ready_made", "own"}


@pytest.mark.parametrize("cursor", ["WyJvd24iXQ", "WzFd", "WyJvd24iLCJ4Il0", "???"])
async def test_a_cursor_of_another_list_is_refused(anna: Colleague, cursor: str) -> None:
    answer = await anna.get("/v1/templates", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


async def test_ready_made_ones_speak_the_callers_language(anna: Colleague) -> None:
    url = f"/v1/templates/{id_of('vat_documents')}"
    in_swedish = anna.sending(accept_language="sv")
    swedish = await in_swedish.get(url)
    english = await in_swedish.get(url, language="en")
    assert (swedish.json()["name"], english.json()["name"]) == ("Momsunderlag", "VAT documents")
    assert swedish.json()["id"] == english.json()["id"]
    assert "ETag" not in swedish.headers


async def test_an_own_template_is_made_read_changed_and_removed(anna: Colleague) -> None:
    added = await add(anna)
    own, url = added.json(), added.headers["Location"]
    read = await anna.get(url)
    assert read.json() == own
    assert own.items() >= OWN.items()
    assert (own["kind"], own["version"], read.headers["ETag"]) == ("own", 1, '"1"')
    assert (await anna.call("PATCH", url, json={})).status_code == 428
    changed = await anna.call("PATCH", url, json={"subject": "Nytt", "due_days": None}, version=1)
    assert changed.json() == own | {"subject": "Nytt", "due_days": None, "version": 2}
    late = await anna.call("PATCH", url, json={"subject": "Annat"}, version=1)
    assert (late.status_code, late.json()["code"]) == (412, "version_conflict")
    assert (await anna.call("DELETE", url)).status_code == 204
    assert (await anna.get(url)).status_code == 404


async def test_nobody_changes_a_ready_made_one(anna: Colleague) -> None:
    url = f"/v1/templates/{id_of('vat_documents')}"
    changed = await anna.call("PATCH", url, json={"name": "x"}, version="*")
    removed = await anna.call("DELETE", url)
    for answer in (changed, removed):
        assert (answer.status_code, answer.json()["code"]) == (409, "ready_made")


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"subject": "Till {{customer.nmae}}"}, "subject"),
        ({"body": "{{contact.email}}"}, "body"),
        ({"items": ["a", "{{}}"]}, "items.1"),
    ],
)
async def test_an_unknown_placeholder_is_refused_by_field(
    anna: Colleague, fields: dict[str, Any], place: str
) -> None:
    answer = await add(anna, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_placeholder")
    assert [each["field"] for each in answer.json()["errors"]] == [place]
    own = await own_template(anna)
    url = f"/v1/templates/{own['id']}"
    assert (await anna.call("PATCH", url, json=fields, version="*")).json()["code"] == "unknown_placeholder"
    assert (await anna.get(url)).json() == own


@pytest.mark.parametrize("fields", [{"items": []}, {"type": "question"}, {"due_days": -1}, {"colour": "red"}])
async def test_what_no_case_could_be_made_from_is_refused(anna: Colleague, fields: dict[str, Any]) -> None:
    answer = await add(anna, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_the_assignee_works_at_the_bureau(
    service: Service, bureau: Bureau, other_bureau: Bureau, anna: Colleague
) -> None:
    eva = await hire(service, other_bureau, "Eva Dal")
    unknown = await add(anna, default_assignee_id=str(eva.employee_id))
    assert (unknown.status_code, unknown.json()["code"]) == (422, "invalid_request")
    (error,) = unknown.json()["errors"]
    assert (error["field"], error["code"]) == ("default_assignee_id", "not_found")
    bo = await hire(service, bureau, "Bo Alm")
    own = (await add(anna, default_assignee_id=str(bo.employee_id))).json()
    assert own["default_assignee_id"] == str(bo.employee_id)
    await service.deliver(
        event_of(EmployeeDeactivated, bo.employee, sequence=2, transfer_to=anna.employee_id)
    )
    read = await anna.get(f"/v1/templates/{own['id']}")
    assert read.json()["default_assignee_id"] is None
    refused = await add(anna, default_assignee_id=str(bo.employee_id))
    assert (refused.status_code, refused.json()["code"]) == (422, "employee_inactive")


async def test_shared_templates_take_full_maintenance(
    service: Service, bureau: Bureau, anna: Colleague
) -> None:
    own = await own_template(anna)
    bo = service.caller(Employee(bureau.id, maintenance="none"))
    url = f"/v1/templates/{own['id']}"
    answers = [
        await add(bo),
        await bo.call("PATCH", url, json={"name": "x"}, version="*"),
        await bo.call("DELETE", url),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_permission")
    assert (await bo.get(url)).json() == own


async def test_members_have_no_templates(service: Service) -> None:
    karin = service.caller(Member(uuid7()))
    for answer in (await karin.get("/v1/templates"), await add(karin)):
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_hat")


async def test_another_bureaus_template_is_not_there(
    service: Service, other_bureau: Bureau, anna: Colleague
) -> None:
    eva = await hire(service, other_bureau, "Eva Dal")
    own = await own_template(anna)
    url, customer = f"/v1/templates/{own['id']}", await collaborate(service, eva)
    answers = [
        await eva.get(url),
        await eva.call("PATCH", url, json={"name": "x"}, version="*"),
        await eva.call("DELETE", url),
        await eva.post(f"{url}/preview", {"customer_id": str(customer.customer_id)}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    listed = await eva.get("/v1/templates", limit="200")
    assert own["id"] not in [each["id"] for each in listed.json()["items"]]
    assert (await anna.get(url)).json() == own


async def test_a_preview_is_what_would_be_sent(
    service: Service, other_bureau: Bureau, anna: Colleague
) -> None:
    customer, own = await with_main_contact(service, anna), await own_template(anna)
    url, body = (
        f"/v1/templates/{own['id']}/preview",
        {"customer_id": str(customer.customer_id), "period": "mars 2027"},
    )
    shown = (await anna.post(url, body)).json()
    assert shown["subject"] == "Körjournal mars 2027"
    assert shown["body"] == f"Hej Karin, skicka körjournalen för Bageriet AB senast {shown['due_on']}."
    assert shown["items"] == ["Körjournal mars 2027", "Kvitton"]
    stranger = await collaborate(service, await hire(service, other_bureau))
    refused = await anna.post(url, {"customer_id": str(stranger.customer_id)})
    assert refused.status_code == 404


async def test_a_case_from_a_ready_made_template(anna: Colleague, customer: Counterpart) -> None:
    body = {
        "customer_id": str(customer.customer_id),
        "participant_ids": [str(customer.people[0].contact_id)],
        "template_id": str(id_of("vat_documents")),
        "period": "oktober 2026",
    }
    answer = await anna.post("/v1/cases", body)
    case = answer.json()
    assert answer.headers["Location"] == f"/v1/cases/{case['id']}"
    assert case["subject"] == "Underlag för moms oktober 2026"
    assert "{{" not in case["body"]
    assert len(case["items"]) == 7


def test_the_due_date_is_days_after_the_swedish_day() -> None:
    template = ready_made("sv")[id_of("vat_documents")]
    due = template.due_on(datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    assert due is not None
    assert due.isoformat() == "2026-12-13"


def test_what_has_no_value_is_left_as_it_stands() -> None:
    text = "{{customer.name}} {{ period }} {{due_on}} {{ {x}"
    assert (
        fill(text, {"customer.name": "{{period}}", "period": "mars"}) == "{{period}} mars {{due_on}} {{ {x}"
    )
