"""Which cases one sees, and how many."""

from shared.ids import uuid7
from tests.factories.cases import Colleague, Counterpart, Participant, join, open_case, post, read_case
from tests.factories.service import Service


async def test_the_customer_sees_it_unread_without_what_is_the_bureaus_own(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, labels=["svår kund"], follower_ids=[str(anna.employee_id)])
    seen = await read_case(karin, case)
    assert (seen["unread"], seen["labels"], seen["follower_ids"]) == (True, [], [])
    assert seen["allowed_transitions"] == []
    read = await karin.put(f"/v1/cases/{case['id']}/read")
    assert read.json()["unread"] is False
    listed = (await karin.get("/v1/cases")).json()["items"]
    assert [(each["id"], each["unread"]) for each in listed] == [(case["id"], False)]
    hidden = await karin.get("/v1/cases?label=svår kund")
    assert hidden.json()["items"] == []


async def test_lists_page_filter_and_count(anna: Colleague, customer: Counterpart) -> None:
    first = await open_case(anna, customer, subject="Moms 100 %", labels=["moms"], due_on="2020-01-01")
    second = await open_case(anna, customer, type="information", subject="Stängt")
    third = await open_case(anna, customer, send=False, subject="Lön")
    await post(customer.people[0], first, "messages", {"body": "Här"})

    async def ids(query: str) -> list[str]:
        answer = await anna.get(f"/v1/cases?{query}")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    newest_first = [first["id"], third["id"], second["id"]]
    assert await ids("") == newest_first
    page = (await anna.get("/v1/cases?limit=2")).json()
    assert [each["id"] for each in page["items"]] == newest_first[:2]
    assert await ids(f"limit=2&cursor={page['next']}") == newest_first[2:]
    assert await ids("unread=true") == [first["id"]]
    assert await ids("overdue=true") == [first["id"]]
    assert await ids("overdue=false&status=draft&status=sent") == [third["id"], second["id"]]
    assert await ids("waiting_for=bureau") == [first["id"]]
    assert await ids("label=moms") == [first["id"]]
    assert await ids("q=100 %25") == [first["id"]]
    assert await ids("q=%25%25") == []
    assert await ids(f"customer={uuid7()}") == []
    assert await ids(f"assignee={anna.employee_id}&type=information") == [second["id"]]
    assert await ids("updated_since=2099-01-01T00:00:00Z") == []
    unknown = await anna.get("/v1/cases?mood=good")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "mood")
    counts = (await anna.get("/v1/cases/counts")).json()
    assert counts == {
        "total": 3,
        "status": {"waiting_for_bureau": 1, "sent": 1, "draft": 1},
        "waiting_for": {"customer": 0, "bureau": 1},
        "unread": 1,
        "overdue": 1,
    }


async def test_an_administrator_of_the_account_sees_what_is_not_private(
    service: Service, anna: Colleague, customer: Counterpart
) -> None:
    chief = await join(service, customer, name="Chefen", role="administrator")
    shared_one = await open_case(anna, customer)
    private = await open_case(anna, customer, private_to_participants=True)
    seen = (await chief.get("/v1/cases")).json()["items"]
    assert [each["id"] for each in seen] == [shared_one["id"]]
    answer = await chief.get(f"/v1/cases/{private['id']}")
    assert answer.status_code == 404


async def test_a_forged_cursor_is_refused_by_each_list(anna: Colleague, customer: Counterpart) -> None:
    case = await open_case(anna, customer)
    paths = ["", *(f"/{case['id']}/{part}" for part in ("messages", "notes", "files", "timeline"))]

    for cursor in ("WzFd", "WyJ4Il0", "WzFd,WzFd", "e30", "W251bGwsbnVsbF0"):
        answers = [await anna.get(f"/v1/cases{path}?cursor={cursor}") for path in paths]
        # 1 is a position in a timeline.
        codes = {each.json().get("code") for each in answers[: -1 if cursor == "WzFd" else None]}
        assert codes == {"invalid_cursor"}, cursor
