"""What the bureau does for itself shows nowhere on the customer's side."""

from typing import Any

import httpx

from tests.factories.cases import (
    Colleague,
    Counterpart,
    Participant,
    add_file,
    collaborate,
    events_about,
    hire,
    open_case,
    post,
    read_case,
)
from tests.factories.records import Bureau
from tests.factories.service import Service

# They run with the time.
CLOCKS = ("waiting_for_customer_seconds", "waiting_for_bureau_seconds")


async def everything_readable(reader: Participant, case: dict[str, Any]) -> dict[str, Any]:
    """Each answer that the member can get about the case, with its headers, but for what the time moves."""
    url, seen = f"/v1/cases/{case['id']}", {}
    pages = ("?limit=1", "?limit=200")
    paths = ["/v1/cases/counts", url, f"{url}/notes", f"/v1/cases?updated_since={case['updated_at'][:-1]}Z"]
    paths += [
        f"{path}{page}" for path in ("/v1/cases", f"{url}/timeline", f"{url}/messages") for page in pages
    ]
    for path in [*paths, f"{url}/files"]:
        answer = await reader.get(path)
        seen[path] = (answer.status_code, answer.headers.get("etag"), _without_clocks(answer))
    return seen


def _without_clocks(answer: httpx.Response) -> Any:
    body = answer.json()
    for each in (body, *body.get("items", ())):
        for clock in CLOCKS:
            each.pop(clock, None)
    return body


async def internal_changes(service: Service, bureau: Bureau, anna: Colleague, case: dict[str, Any]) -> None:
    bo, url = await hire(service, bureau, "Bo Alm"), f"/v1/cases/{case['id']}"
    for number in range(3):
        assert (await post(anna, case, "notes", {"body": f"Hemligt {number}"})).status_code == 201
    followers = {"employee_ids": [str(bo.employee_id)]}
    assert (await anna.put(f"{url}/followers", followers)).status_code == 200
    labelled = await anna.call("PATCH", url, json={"labels": ["svår kund"]}, version="*")
    assert labelled.status_code == 200


async def test_nothing_that_a_member_reads_depends_on_the_bureaus_own_changes(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    older, case = await open_case(anna, customer), await open_case(anna, customer)
    await post(karin, case, "messages", {"body": "Hej"})
    await add_file(anna, case)
    await karin.put(f"/v1/cases/{case['id']}/read")
    seen, published = await everything_readable(karin, case), len(await events_about(service, case))
    for each in (older, case):
        await internal_changes(service, bureau, anna, each)
    assert await everything_readable(karin, case) == seen
    told = [each.recipient_ids for each in (await events_about(service, case))[published:]]
    # Mails and the feed tell those whom an event names.
    assert told == [[]] * 5
    page = seen["/v1/cases?limit=1"][2]
    second = await karin.get(f"/v1/cases?limit=1&cursor={page['next']}")
    assert [each["id"] for each in second.json()["items"]] == [older["id"]]


async def test_the_bureaus_own_changes_move_its_version_time_and_list(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart
) -> None:
    case, newer = await open_case(anna, customer), await open_case(anna, customer)
    before = await read_case(anna, case)
    await internal_changes(service, bureau, anna, case)
    after = await read_case(anna, case)
    assert after["version"] > before["version"]
    assert after["updated_at"] > before["updated_at"]
    listed = (await anna.get("/v1/cases")).json()["items"]
    assert [each["id"] for each in listed][:2] == [case["id"], newer["id"]]


async def test_a_draft_that_was_changed_often_looks_to_the_customer_like_one_that_was_sent_at_once(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    at_once = await open_case(anna, customer)
    draft = await open_case(anna, customer, send=False)
    for text in ("Utkast 1", "Utkast 2", "Vad är detta köp?"):
        url = f"/v1/cases/{draft['id']}"
        await anna.call("PATCH", url, json={"body": text}, version="*")
    await internal_changes(service, bureau, anna, draft)
    await anna.put(f"/v1/cases/{draft['id']}/read")
    await post(anna, draft, "send")
    for case in (at_once, draft):
        await post(karin, case, "messages", {"body": "Hej"})
        await karin.put(f"/v1/cases/{case['id']}/read")
        await post(anna, case, "messages", {"body": "Svar"})
    sides = []
    for case in (at_once, draft):
        got = await karin.get(f"/v1/cases/{case['id']}")
        trail = (await karin.get(f"/v1/cases/{case['id']}/timeline")).json()["items"]
        steps = [(each["position"], each["action"], each["facts"].get("version")) for each in trail]
        sides.append((got.headers["etag"], got.json()["version"], got.json()["unread"], steps))
    assert sides[0] == sides[1]
    assert (await anna.get(f"/v1/cases/{draft['id']}")).json()["unread"] is True


async def test_each_side_has_a_whole_chain_of_its_own(service: Service, anna: Colleague) -> None:
    customer = await collaborate(service, anna)
    karin = customer.people[0]
    case = await open_case(anna, customer, send=False)
    await post(anna, case, "notes", {"body": "Hemligt"})
    await post(anna, case, "send")
    await post(anna, case, "notes", {"body": "Hemligt"})
    await post(karin, case, "messages", {"body": "Hej"})
    url = f"/v1/cases/{case['id']}/timeline"
    theirs = (await karin.get(url)).json()["items"]
    ours = (await anna.get(url)).json()["items"]
    assert [each["position"] for each in theirs] == [1, 2]
    assert [each["position"] for each in ours] == [1, 2, 3, 4, 5]
    assert [each["internal"] for each in ours] == [True, True, False, True, False]
    assert {each["hash"] for each in theirs}.isdisjoint(each["hash"] for each in ours)
    first = (await karin.get(f"{url}?limit=1")).json()
    rest = (await karin.get(f"{url}?limit=1&cursor={first['next']}")).json()
    assert first["items"] + rest["items"] == theirs
    assert rest["next"] is None
