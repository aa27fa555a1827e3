from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.cases.templates.catalogue import id_of, ready_made
from services.cases.templates.placeholders import fill
from shared.events.identity import ContactAdded, CustomerChanged, MainContact
from shared.ids import uuid7
from tests.cases.factories import Customer, Employed, Headers, World

OWN = {
    "name": "Körjournal",
    "type": "document_request",
    "subject": "Körjournal {{period}}",
    "body": "Hej {{ contact.first_name }}, skicka körjournalen för {{customer.name}} senast {{due_on}}.",
    "items": ["Körjournal {{period}}", "Kvitton"],
    "due_days": 12,
    "priority": "high",
}


async def add(world: World, by: Headers, **fields: Any) -> httpx.Response:
    return await world.client.post("/v1/templates", json=OWN | fields, headers=by)


async def own_template(world: World, by: Employed) -> dict[str, Any]:
    answer = await add(world, by.headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def with_main_contact(world: World, responsible: Employed) -> Customer:
    customer, contact_id = await world.customer(responsible), uuid7()
    fields: dict[str, Any] = {"name": "Karin Berg", "email": "karin@kunden.example", "language": "sv"}
    await world.told(
        ContactAdded(bureau_id=world.bureau_id, contact_id=contact_id, customer_id=customer.id, **fields),
        CustomerChanged(
            bureau_id=world.bureau_id,
            customer_id=customer.id,
            sequence=2,
            number="7",
            name="Bageriet AB",
            kind="company",
            organisation_number=None,
            active=True,
            responsible_id=responsible.id,
            participant_ids=[],
            main_contact=MainContact(contact_id=contact_id, **fields),
            failing_points=[],
        ),
    )
    return customer


async def test_both_kinds_are_listed_page_by_page(world: World) -> None:
    anna = await world.employee()
    own = [(await own_template(world, anna))["id"] for _ in range(3)]
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"limit": "10", "language": "sv"} | ({"cursor": cursor} if cursor else {})
        answer = (await world.client.get("/v1/templates", params=query, headers=anna.headers)).json()
        found += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            break
        assert len(answer["items"]) == 10
    shipped = [each for each in found if each["kind"] == "ready_made"]
    assert [each["key"] for each in shipped] == sorted(each.key or "" for each in ready_made("sv").values())
    assert [each["id"] for each in found if each["kind"] == "own"] == own
    assert len(found) == len(shipped) + 3


async def test_the_list_of_one_type(world: World) -> None:
    anna = await world.employee()
    await own_template(world, anna)
    query = {"type": "document_request", "limit": "200"}
    found = (await world.client.get("/v1/templates", params=query, headers=anna.headers)).json()["items"]
    assert {each["type"] for each in found} == {"document_request"}
    assert {each["kind"] for each in found} == {"ready_made", "own"}


@pytest.mark.parametrize("cursor", ["WyJvd24iXQ", "WzFd", "WyJvd24iLCJ4Il0", "???"])
async def test_a_cursor_of_another_list_is_refused(world: World, cursor: str) -> None:
    anna = await world.employee()
    answer = await world.client.get("/v1/templates", params={"cursor": cursor}, headers=anna.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


async def test_ready_made_ones_speak_the_callers_language(world: World) -> None:
    anna = await world.employee()
    url = f"/v1/templates/{id_of('vat_documents')}"
    swedish = await world.client.get(url, headers=anna.headers | {"Accept-Language": "sv"})
    english = await world.client.get(
        url, headers=anna.headers | {"Accept-Language": "sv"}, params={"language": "en"}
    )
    assert (swedish.json()["name"], english.json()["name"]) == ("Momsunderlag", "VAT documents")
    assert swedish.json()["id"] == english.json()["id"]
    assert "ETag" not in swedish.headers


async def test_an_own_template_is_made_read_changed_and_removed(world: World) -> None:
    anna = await world.employee()
    own = await own_template(world, anna)
    url = f"/v1/templates/{own['id']}"
    read = await world.client.get(url, headers=anna.headers)
    assert read.json() == own
    assert own.items() >= OWN.items()
    assert (own["kind"], own["version"], read.headers["ETag"]) == ("own", 1, '"1"')
    assert (await world.client.patch(url, json={}, headers=anna.headers)).status_code == 428
    seen = anna.headers | {"If-Match": '"1"'}
    changed = await world.client.patch(url, json={"subject": "Nytt", "due_days": None}, headers=seen)
    assert changed.json() == own | {"subject": "Nytt", "due_days": None, "version": 2}
    late = await world.client.patch(url, json={"subject": "Annat"}, headers=seen)
    assert (late.status_code, late.json()["code"]) == (412, "version_conflict")
    assert (await world.client.delete(url, headers=anna.headers)).status_code == 204
    assert (await world.client.get(url, headers=anna.headers)).status_code == 404


async def test_nobody_changes_a_ready_made_one(world: World) -> None:
    anna = await world.employee()
    url = f"/v1/templates/{id_of('vat_documents')}"
    changed = await world.client.patch(url, json={"name": "x"}, headers=anna.headers | {"If-Match": "*"})
    removed = await world.client.delete(url, headers=anna.headers)
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
    world: World, fields: dict[str, Any], place: str
) -> None:
    anna = await world.employee()
    answer = await add(world, anna.headers, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_placeholder")
    assert [each["field"] for each in answer.json()["errors"]] == [place]
    own = await own_template(world, anna)
    url, seen = f"/v1/templates/{own['id']}", anna.headers | {"If-Match": "*"}
    assert (await world.client.patch(url, json=fields, headers=seen)).json()["code"] == "unknown_placeholder"
    assert (await world.client.get(url, headers=anna.headers)).json() == own


@pytest.mark.parametrize("fields", [{"items": []}, {"type": "question"}, {"due_days": -1}, {"colour": "red"}])
async def test_what_no_case_could_be_made_from_is_refused(world: World, fields: dict[str, Any]) -> None:
    answer = await add(world, (await world.employee()).headers, **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_the_assignee_works_at_the_bureau(world: World, other_world: World) -> None:
    anna, eva = await world.employee(), await other_world.employee("Eva Dal")
    assert (await add(world, anna.headers, default_assignee_id=str(eva.id))).status_code == 404
    bo = await world.employee("Bo Alm")
    own = (await add(world, anna.headers, default_assignee_id=str(bo.id))).json()
    assert own["default_assignee_id"] == str(bo.id)
    await world.deactivated(bo, transfer_to=anna.id)
    read = await world.client.get(f"/v1/templates/{own['id']}", headers=anna.headers)
    assert read.json()["default_assignee_id"] is None
    refused = await add(world, anna.headers, default_assignee_id=str(bo.id))
    assert (refused.status_code, refused.json()["code"]) == (422, "employee_inactive")


async def test_shared_templates_take_full_maintenance(world: World) -> None:
    anna = await world.employee()
    own = await own_template(world, anna)
    bo = world.tokens.employee(world.bureau_id, maintenance="none")
    url = f"/v1/templates/{own['id']}"
    answers = [
        await add(world, bo),
        await world.client.patch(url, json={"name": "x"}, headers=bo | {"If-Match": "*"}),
        await world.client.delete(url, headers=bo),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_permission")
    assert (await world.client.get(url, headers=bo)).json() == own


async def test_members_have_no_templates(world: World) -> None:
    karin = world.tokens.member(uuid7())
    for answer in (await world.client.get("/v1/templates", headers=karin), await add(world, karin)):
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_hat")


async def test_another_bureaus_template_is_not_there(world: World, other_world: World) -> None:
    anna, eva = await world.employee(), await other_world.employee("Eva Dal")
    own = await own_template(world, anna)
    url, customer = f"/v1/templates/{own['id']}", await other_world.customer(eva)
    answers = [
        await world.client.get(url, headers=eva.headers),
        await world.client.patch(url, json={"name": "x"}, headers=eva.headers | {"If-Match": "*"}),
        await world.client.delete(url, headers=eva.headers),
        await world.client.post(
            f"{url}/preview", json={"customer_id": str(customer.id)}, headers=eva.headers
        ),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    listed = await world.client.get("/v1/templates", params={"limit": "200"}, headers=eva.headers)
    assert own["id"] not in [each["id"] for each in listed.json()["items"]]
    assert (await world.client.get(url, headers=anna.headers)).json() == own


async def test_a_preview_is_what_would_be_sent(world: World, other_world: World) -> None:
    anna = await world.employee()
    customer, own = await with_main_contact(world, anna), await own_template(world, anna)
    url, body = f"/v1/templates/{own['id']}/preview", {"customer_id": str(customer.id), "period": "mars 2027"}
    shown = (await world.client.post(url, json=body, headers=anna.headers)).json()
    assert shown["subject"] == "Körjournal mars 2027"
    assert shown["body"] == f"Hej Karin, skicka körjournalen för Bageriet AB senast {shown['due_on']}."
    assert shown["items"] == ["Körjournal mars 2027", "Kvitton"]
    stranger = await other_world.customer(await other_world.employee())
    refused = await world.client.post(url, json={"customer_id": str(stranger.id)}, headers=anna.headers)
    assert refused.status_code == 404


async def test_a_case_from_a_ready_made_template(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    body = {
        "customer_id": str(customer.id),
        "participant_ids": [str(customer.people[0].contact_id)],
        "template_id": str(id_of("vat_documents")),
        "period": "oktober 2026",
    }
    case = (await world.client.post("/v1/cases", json=body, headers=anna.headers)).json()
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
