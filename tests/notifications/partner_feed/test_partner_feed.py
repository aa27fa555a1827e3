"""The partner feed: ids and a link, in a stable order, of one's own bureau only."""

import asyncio

import pytest

from services.notifications.partner_feed.commands import keep_events
from services.notifications.partner_feed.documents import PUBLIC, get_schema
from shared.events import TYPES
from shared.events.billing import InvoiceIssued
from shared.events.cases import CaseSent, MessagePosted, NoteAdded
from shared.events.identity import CustomerRegistered
from shared.events.invitations import InvitationSent
from tests.factories.callers import Caller, refusal
from tests.factories.events import event_of
from tests.factories.records import Bureau, Invoice
from tests.factories.service import Service
from tests.factories.world import World
from tests.notifications.conftest import API


async def test_an_event_is_kept_with_ids_and_a_link_only(
    service: Service, world: World, employee: Caller, bureau: Bureau
) -> None:
    event = event_of(InvitationSent, world.invitation, message="Hemligt")
    await service.deliver(event, event_of(CustomerRegistered, world.customer), queue="keep-for-partners")
    page = await employee.read("/v1/events")
    document = next(each for each in page["items"] if each["id"] == str(event.id))
    assert document["type"] == InvitationSent.type
    assert document["data"] == {
        "invitation_id": str(event.invitation_id),
        "customer_id": str(event.customer_id),
        "contact_id": str(event.contact_id),
        "link": f"/v1/invitations/{event.invitation_id}",
    }
    assert (document["bureauid"], document["customerid"]) == (
        str(bureau.id),
        str(world.customer.customer_id),
    )
    text = str(page)
    assert not [
        word
        for word in ("Ek", "@", "Hemligt", str(world.customer.organisation_number), "traceparent")
        if word in text
    ]


async def test_pages_follow_one_another_and_go_on_from_any_event(
    service: Service, world: World, employee: Caller
) -> None:
    events = [event_of(MessagePosted, world.to_customer) for _ in range(5)]
    await service.deliver(*events, queue="keep-for-partners")
    first = await employee.read("/v1/events", limit=3)
    second = await employee.read("/v1/events", limit=3, after=first["next"])
    ids = [each["id"] for each in first["items"] + second["items"]]
    assert ids == [str(event.id) for event in events]
    at_the_end = await employee.read("/v1/events", after=second["next"])
    assert (at_the_end["items"], at_the_end["next"], second["next"]) == ([], ids[-1], ids[-1])
    await service.deliver(
        later := event_of(MessagePosted, world.to_customer), events[0], queue="keep-for-partners"
    )
    assert [each["id"] for each in (await employee.read("/v1/events", after=ids[-1]))["items"]] == [
        str(later.id)
    ]


async def test_the_feed_can_be_narrowed_to_types(service: Service, world: World, employee: Caller) -> None:
    await service.deliver(
        event_of(MessagePosted, world.to_customer),
        sent := event_of(CaseSent, world.to_customer),
        event_of(CustomerRegistered, world.customer),
        queue="keep-for-partners",
    )
    kept = (await employee.read("/v1/events", type=CaseSent.type))["items"]
    assert [each["id"] for each in kept] == [str(sent.id)]
    assert (
        len((await employee.read("/v1/events", type=[CaseSent.type, "se.arende.message.posted.v1"]))["items"])
        == 2
    )


@pytest.mark.parametrize("name", ["se.arende.case.sent.v9", NoteAdded.type, "x" * 300])
async def test_a_type_that_is_none_of_the_feed_s_is_refused(employee: Caller, name: str) -> None:
    refused = await employee.get("/v1/events", type=[CaseSent.type, name])
    assert refusal(refused) == (422, "unknown_event_type")
    assert "`type`" in refused.json()["detail"]


async def test_a_slow_transactions_events_are_not_passed_by(
    service: Service, world: World, employee: Caller
) -> None:
    first, second = event_of(MessagePosted, world.to_customer), event_of(MessagePosted, world.to_customer)
    async with service.database.transaction() as slow:
        await keep_events(slow, events=[first])
        fast = asyncio.create_task(service.deliver(second, queue="keep-for-partners"))
        await asyncio.wait({fast}, timeout=0.2)
        assert (await employee.read("/v1/events"))["items"] == []
    await fast
    assert [each["id"] for each in (await employee.read("/v1/events"))["items"]] == [
        str(first.id),
        str(second.id),
    ]


async def test_another_bureau_reads_nothing_of_it(service: Service, world: World, other_world: World) -> None:
    event = event_of(MessagePosted, world.to_customer)
    await service.deliver(event, queue="keep-for-partners")
    assert (await service.caller(other_world.employee).read("/v1/events"))["items"] == []
    answer = await service.caller(other_world.employee).get(f"/v1/events?after={event.id}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


async def test_it_takes_an_employee_with_full_maintenance(
    service: Service, world: World, member: Caller
) -> None:
    limited = await service.caller(world.employee, maintenance="none").get("/v1/events")
    assert (limited.status_code, limited.json()["code"]) == (403, "missing_permission")
    refused = await member.get("/v1/events")
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_hat")
    assert (await service.client.get("/v1/events")).status_code == 401


async def test_the_catalogue_names_every_public_type_and_no_other(service: Service) -> None:
    items = (await service.client.get("/v1/event-types")).json()["items"]
    assert {each["type"] for each in items} == {
        name for name, kind in TYPES.items() if kind.public and kind.__module__.startswith("shared.")
    }
    for each in items:
        assert each["dataschema"] == f"{API}/v1/event-types/{each['type']}/schema"
        assert (await service.client.get(each["dataschema"])).json()["$id"] == each["dataschema"]
    hidden = await service.client.get(f"/v1/event-types/{NoteAdded.type}/schema")
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


async def test_documents_match_their_schemas(
    service: Service, world: World, employee: Caller, bureau: Bureau
) -> None:
    await service.deliver(
        event_of(MessagePosted, world.to_customer),
        event_of(CustomerRegistered, world.customer),
        event_of(InvoiceIssued, Invoice(bureau.id)),
        event_of(InvitationSent, world.invitation),
        queue="keep-for-partners",
    )
    for document in (await employee.read("/v1/events"))["items"]:
        assert document["dataschema"] == f"{API}/v1/event-types/{document['type']}/schema"
        schema = (await service.client.get(document["dataschema"])).json()
        assert schema["properties"]["dataschema"] == {"const": document["dataschema"]}
        data = schema["properties"]["data"]
        sent = {name for name, value in document.items() if value is not None}
        assert set(schema["required"]) <= sent <= set(schema["properties"])
        assert set(document["data"]) == set(data["required"]) == set(data["properties"])
