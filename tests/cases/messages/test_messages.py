"""The dialogue and the bureau's notes."""

from datetime import timedelta

from services.cases.messages.tables import Message
from shared.clock import utcnow
from shared.events.cases import CaseReopened, CaseStatusChanged, MessagePosted, NoteAdded
from shared.ids import uuid7
from tests.cases.factories import World

MARKER = "hemlig-anteckning-7f3a"


async def test_messages_hand_the_ball_back_and_forth(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin, case = customer.people[0], await world.case(anna, customer)
    said = await world.post(case, "messages", karin.headers, {"body": "En skruvdragare."})
    assert said.status_code == 201
    assert said.json()["by"] == {"side": "customer", "user_id": str(karin.user_id), "name": karin.name}
    posted, changed = (await world.events(case))[-2:]
    assert isinstance(posted, MessagePosted)
    assert posted.recipient_ids == [anna.user_id]
    assert isinstance(changed, CaseStatusChanged)
    seen = await world.get(case, anna.headers)
    assert (seen["status"], seen["unread"]) == ("waiting_for_bureau", True)
    await world.post(case, "messages", anna.headers, {"body": "Tack, till vad?"})
    assert (await world.get(case, karin.headers))["waiting_for"] == "customer"
    url = f"/v1/cases/{case['id']}/messages"
    listed = (await world.client.get(url, headers=karin.headers)).json()["items"]
    assert [each["body"] for each in listed] == ["En skruvdragare.", "Tack, till vad?"]


async def test_the_customers_message_reopens_a_resolved_case(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin, case = customer.people[0].headers, await world.case(anna, customer)
    await world.post(case, "resolve", anna.headers)
    assert (await world.post(case, "messages", anna.headers, {"body": "Klart!"})).status_code == 201
    assert (await world.get(case, karin))["status"] == "resolved"
    await world.post(case, "messages", karin, {"body": "Vänta lite"})
    assert (await world.get(case, karin))["status"] == "waiting_for_bureau"
    assert any(isinstance(event, CaseReopened) for event in await world.events(case))
    await world.post(case, "cancel", anna.headers)
    assert (await world.post(case, "messages", karin, {"body": "Hej?"})).json()["code"] == "case_not_open"


async def test_a_message_is_corrected_by_its_author_and_the_earlier_text_stays(world: World) -> None:
    anna, bo = await world.employee(), await world.employee("Bo Alm")
    case = await world.case(anna, await world.customer(anna))
    said = (await world.post(case, "messages", anna.headers, {"body": "1 000 kr"})).json()
    url = f"/v1/cases/{case['id']}/messages/{said['id']}"
    body = {"body": "10 000 kr"}
    refused = await world.client.patch(url, json=body, headers=bo.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_the_author")
    corrected = (await world.client.patch(url, json=body, headers=anna.headers)).json()
    assert corrected["body"] == "10 000 kr"
    assert corrected["edited_at"] is not None
    trail = (await world.client.get(f"/v1/cases/{case['id']}/timeline", headers=anna.headers)).json()
    assert trail["items"][-1]["facts"]["earlier"] == "1 000 kr"
    unknown = f"/v1/cases/{case['id']}/messages/{uuid7()}"
    assert (await world.client.patch(unknown, json=body, headers=anna.headers)).status_code == 404


async def test_after_fifteen_minutes_a_message_stands(world: World) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    said = (await world.post(case, "messages", anna.headers, {"body": "Hej"})).json()
    async with world.consumer.database.transaction(bureau_id=world.bureau_id) as session:
        message = await session.get_one(Message, said["id"])
        message.created_at = utcnow() - timedelta(minutes=15, seconds=1)
    url = f"/v1/cases/{case['id']}/messages/{said['id']}"
    refused = await world.client.patch(url, json={"body": "Nej"}, headers=anna.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_late")


async def test_a_note_never_leaves_the_bureau(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin, case = customer.people[0].headers, await world.case(anna, customer)
    url = f"/v1/cases/{case['id']}"
    routes = ("", "/messages", "/timeline", "/notes")
    await world.client.put(f"{url}/read", headers=karin)
    before = [(await world.client.get(url + path, headers=karin)).json() for path in routes]
    note = await world.post(case, "notes", anna.headers, {"body": MARKER})
    assert note.status_code == 201
    listed = (await world.client.get(f"{url}/notes", headers=anna.headers)).json()["items"]
    assert [each["body"] for each in listed] == [MARKER]
    after = [(await world.client.get(url + path, headers=karin)).json() for path in routes]
    for answer in (*before, *after):
        answer.pop("waiting_for_customer_seconds", None)
    assert after == before
    assert after[-1]["status"] == 404
    assert (await world.post(case, "notes", karin, {"body": "x"})).status_code == 404
    await world.post(case, "messages", anna.headers, {"body": "Hej"})
    trail = (await world.client.get(f"{url}/timeline", headers=karin)).json()["items"]
    assert [each["position"] for each in trail] == list(range(1, len(trail) + 1))
    (event,) = [each for each in await world.events(case) if isinstance(each, NoteAdded)]
    assert MARKER.encode() not in event.to_wire()
    assert event.recipient_ids == []
