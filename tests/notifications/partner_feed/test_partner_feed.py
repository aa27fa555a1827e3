"""The partner feed: ids and a link, in a stable order, of one's own bureau only."""

import asyncio
from typing import Any

import pytest

from services.notifications.partner_feed.commands import keep_events
from services.notifications.partner_feed.documents import PUBLIC, get_schema
from shared.events import TYPES
from shared.events.cases import CaseSent, NoteAdded
from shared.events.invitations import InvitationSent
from tests.notifications.conftest import API
from tests.notifications.factories import Bureau


async def read(bureau: Bureau, **params: Any) -> Any:
    answer = await bureau.client.get("/v1/events", params=params, headers=bureau.as_employee())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_event_is_kept_with_ids_and_a_link_only(bureau: Bureau) -> None:
    event = bureau.invitation(message="Hemligt")
    await bureau.tell("keep-for-partners", event, bureau.customer())
    page = await read(bureau)
    document = next(each for each in page["items"] if each["id"] == str(event.id))
    assert document["type"] == InvitationSent.type
    assert document["data"] == {
        "invitation_id": str(event.invitation_id),
        "customer_id": str(event.customer_id),
        "contact_id": str(event.contact_id),
        "link": f"/v1/invitations/{event.invitation_id}",
    }
    assert (document["bureauid"], document["customerid"]) == (str(bureau.id), str(bureau.customer_id))
    text = str(page)
    assert not [word for word in ("Ek", "@", "Hemligt", "5560360793", "traceparent") if word in text]


async def test_pages_follow_one_another_and_go_on_from_any_event(bureau: Bureau) -> None:
    events = [bureau.case() for _ in range(5)]
    await bureau.tell("keep-for-partners", *events)
    first = await read(bureau, limit=3)
    second = await read(bureau, limit=3, after=first["next"])
    ids = [each["id"] for each in first["items"] + second["items"]]
    assert ids == [str(event.id) for event in events]
    assert second["next"] is None
    await bureau.tell("keep-for-partners", later := bureau.case(), events[0])
    assert [each["id"] for each in (await read(bureau, after=ids[-1]))["items"]] == [str(later.id)]


async def test_the_feed_can_be_narrowed_to_types(bureau: Bureau) -> None:
    await bureau.tell("keep-for-partners", bureau.case(), sent := bureau.case(CaseSent), bureau.customer())
    kept = (await read(bureau, type=CaseSent.type))["items"]
    assert [each["id"] for each in kept] == [str(sent.id)]
    assert len((await read(bureau, type=[CaseSent.type, "se.arende.message.posted.v1"]))["items"]) == 2


async def test_a_slow_transactions_events_are_not_passed_by(bureau: Bureau) -> None:
    first, second = bureau.case(), bureau.case()
    async with bureau.database.transaction() as slow:
        await keep_events(slow, events=[first])
        fast = asyncio.create_task(bureau.tell("keep-for-partners", second))
        await asyncio.wait({fast}, timeout=0.2)
        assert (await read(bureau))["items"] == []
    await fast
    assert [each["id"] for each in (await read(bureau))["items"]] == [str(first.id), str(second.id)]


async def test_another_bureau_reads_nothing_of_it(bureau: Bureau, other: Bureau) -> None:
    event = bureau.case()
    await bureau.tell("keep-for-partners", event)
    assert (await read(other))["items"] == []
    answer = await other.client.get(f"/v1/events?after={event.id}", headers=other.as_employee())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


async def test_it_takes_an_employee_with_full_maintenance(bureau: Bureau) -> None:
    limited = await bureau.client.get("/v1/events", headers=bureau.as_employee(maintenance="none"))
    assert (limited.status_code, limited.json()["code"]) == (403, "missing_permission")
    member = await bureau.client.get("/v1/events", headers=bureau.as_member())
    assert (member.status_code, member.json()["code"]) == (403, "wrong_hat")
    assert (await bureau.client.get("/v1/events")).status_code == 401


async def test_the_catalogue_names_every_public_type_and_no_other(bureau: Bureau) -> None:
    items = (await bureau.client.get("/v1/event-types")).json()["items"]
    assert {each["type"] for each in items} == {
        name for name, kind in TYPES.items() if kind.public and kind.__module__.startswith("shared.")
    }
    for each in items:
        assert each["dataschema"] == f"{API}/v1/event-types/{each['type']}/schema"
        assert (await bureau.client.get(each["dataschema"])).json()["$id"] == each["dataschema"]
    hidden = await bureau.client.get(f"/v1/event-types/{NoteAdded.type}/schema")
    assert hidden.status_code == 404


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_no_type_shows_more_than_ids_and_named_facts(name: str) -> None:
    shown = get_schema(name, api=API)["properties"]["data"]["properties"]
    harmless = {"number", "case_type", "status", "previous", "by", "month", "replaced", "active"}
    for field, schema in shown.items():
        holds_ids = "uuid" in str(schema)
        dated = schema.get("format") == "date"
        assert holds_ids or dated or field in harmless | {"link"}, field
    assert set(shown) == {*PUBLIC[name].partner_fields(), "link"}


async def test_documents_match_their_schemas(bureau: Bureau) -> None:
    await bureau.tell(
        "keep-for-partners", bureau.case(), bureau.customer(), bureau.invoice(), bureau.invitation()
    )
    for document in (await read(bureau))["items"]:
        assert document["dataschema"] == f"{API}/v1/event-types/{document['type']}/schema"
        schema = (await bureau.client.get(document["dataschema"])).json()
        assert schema["properties"]["dataschema"] == {"const": document["dataschema"]}
        data = schema["properties"]["data"]
        sent = {name for name, value in document.items() if value is not None}
        assert set(schema["required"]) <= sent <= set(schema["properties"])
        assert set(document["data"]) == set(data["required"]) == set(data["properties"])
