"""The dialogue and the bureau's notes."""

from datetime import timedelta

from services.cases.messages.tables import Message
from shared.clock import utcnow
from shared.events.cases import CaseReopened, CaseStatusChanged, MessagePosted, NoteAdded
from shared.ids import uuid7
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
from tests.factories.records import Bureau
from tests.factories.service import Service

MARKER = "hemlig-anteckning-7f3a"


async def test_messages_hand_the_ball_back_and_forth(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer)
    said = await post(karin, case, "messages", {"body": "En skruvdragare."})
    assert said.status_code == 201
    assert said.json()["by"] == {"side": "customer", "user_id": str(karin.user_id), "name": karin.name}
    posted, changed = (await events_about(service, case))[-2:]
    assert isinstance(posted, MessagePosted)
    assert posted.recipient_ids == [anna.user_id]
    assert isinstance(changed, CaseStatusChanged)
    seen = await read_case(anna, case)
    assert (seen["status"], seen["unread"]) == ("waiting_for_bureau", True)
    await post(anna, case, "messages", {"body": "Tack, till vad?"})
    assert (await read_case(karin, case))["waiting_for"] == "customer"
    url = f"/v1/cases/{case['id']}/messages"
    listed = (await karin.get(url)).json()["items"]
    assert [each["body"] for each in listed] == ["En skruvdragare.", "Tack, till vad?"]


async def test_the_customers_message_reopens_a_resolved_case(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer)
    await post(anna, case, "resolve")
    assert (await post(anna, case, "messages", {"body": "Klart!"})).status_code == 201
    assert (await read_case(karin, case))["status"] == "resolved"
    await post(karin, case, "messages", {"body": "Vänta lite"})
    assert (await read_case(karin, case))["status"] == "waiting_for_bureau"
    assert any(isinstance(event, CaseReopened) for event in await events_about(service, case))
    await post(anna, case, "cancel")
    assert (await post(karin, case, "messages", {"body": "Hej?"})).json()["code"] == "case_not_open"


async def test_a_message_is_corrected_by_its_author_and_the_earlier_text_stays(
    service: Service, bureau: Bureau, anna: Colleague
) -> None:
    bo = await hire(service, bureau, "Bo Alm")
    case = await open_case(anna, await collaborate(service, anna))
    said = (await post(anna, case, "messages", {"body": "1 000 kr"})).json()
    url = f"/v1/cases/{case['id']}/messages/{said['id']}"
    body = {"body": "10 000 kr"}
    refused = await bo.call("PATCH", url, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_the_author")
    corrected = (await anna.call("PATCH", url, json=body)).json()
    assert corrected["body"] == "10 000 kr"
    assert corrected["edited_at"] is not None
    trail = (await anna.get(f"/v1/cases/{case['id']}/timeline")).json()
    assert trail["items"][-1]["facts"]["earlier"] == "1 000 kr"
    unknown = f"/v1/cases/{case['id']}/messages/{uuid7()}"
    assert (await anna.call("PATCH", unknown, json=body)).status_code == 404


async def test_after_fifteen_minutes_a_message_stands(
    service: Service, bureau: Bureau, anna: Colleague
) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    said = (await post(anna, case, "messages", {"body": "Hej"})).json()
    async with service.database.transaction(bureau_id=bureau.id) as session:
        message = await session.get_one(Message, said["id"])
        message.created_at = utcnow() - timedelta(minutes=15, seconds=1)
    url = f"/v1/cases/{case['id']}/messages/{said['id']}"
    refused = await anna.call("PATCH", url, json={"body": "Nej"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_late")


async def test_a_note_never_leaves_the_bureau(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer)
    url = f"/v1/cases/{case['id']}"
    routes = ("", "/messages", "/timeline", "/notes")
    await karin.put(f"{url}/read")
    before = [(await karin.get(url + path)).json() for path in routes]
    note = await post(anna, case, "notes", {"body": MARKER})
    assert note.status_code == 201
    listed = (await anna.get(f"{url}/notes")).json()["items"]
    assert [each["body"] for each in listed] == [MARKER]
    after = [(await karin.get(url + path)).json() for path in routes]
    for answer in (*before, *after):
        answer.pop("waiting_for_customer_seconds", None)
    assert after == before
    assert after[-1]["status"] == 404
    assert (await post(karin, case, "notes", {"body": "x"})).status_code == 404
    await post(anna, case, "messages", {"body": "Hej"})
    trail = (await karin.get(f"{url}/timeline")).json()["items"]
    assert [each["position"] for each in trail] == list(range(1, len(trail) + 1))
    (event,) = [each for each in await events_about(service, case) if isinstance(each, NoteAdded)]
    assert MARKER.encode() not in event.to_wire()
    assert event.recipient_ids == []
