"""Which cases one sees, and how many."""

from shared.ids import uuid7
from tests.cases.factories import World


async def test_the_customer_sees_it_unread_without_what_is_the_bureaus_own(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case = await world.case(anna, customer, labels=["svår kund"], follower_ids=[str(anna.id)])
    karin = customer.people[0]
    seen = await world.get(case, karin.headers)
    assert (seen["unread"], seen["labels"], seen["follower_ids"]) == (True, [], [])
    assert seen["allowed_transitions"] == []
    read = await world.client.put(f"/v1/cases/{case['id']}/read", headers=karin.headers)
    assert read.json()["unread"] is False
    listed = (await world.client.get("/v1/cases", headers=karin.headers)).json()["items"]
    assert [(each["id"], each["unread"]) for each in listed] == [(case["id"], False)]
    hidden = await world.client.get("/v1/cases?label=svår kund", headers=karin.headers)
    assert hidden.json()["items"] == []


async def test_lists_page_filter_and_count(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    first = await world.case(anna, customer, subject="Moms 100 %", labels=["moms"], due_on="2020-01-01")
    second = await world.case(anna, customer, type="information", subject="Stängt")
    third = await world.case(anna, customer, send=False, subject="Lön")
    await world.post(first, "messages", customer.people[0].headers, {"body": "Här"})

    async def ids(query: str) -> list[str]:
        answer = await world.client.get(f"/v1/cases?{query}", headers=anna.headers)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    newest_first = [first["id"], third["id"], second["id"]]
    assert await ids("") == newest_first
    page = (await world.client.get("/v1/cases?limit=2", headers=anna.headers)).json()
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
    assert await ids(f"assignee={anna.id}&type=information") == [second["id"]]
    assert await ids("updated_since=2099-01-01T00:00:00Z") == []
    assert (await world.client.get("/v1/cases?mood=good", headers=anna.headers)).status_code == 200
    counts = (await world.client.get("/v1/cases/counts", headers=anna.headers)).json()
    assert counts == {
        "total": 3,
        "status": {"waiting_for_bureau": 1, "sent": 1, "draft": 1},
        "waiting_for": {"customer": 0, "bureau": 1},
        "unread": 1,
        "overdue": 1,
    }


async def test_an_administrator_of_the_account_sees_what_is_not_private(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    chief = await world.person(customer, name="Chefen", role="administrator")
    shared_one = await world.case(anna, customer)
    private = await world.case(anna, customer, private_to_participants=True)
    seen = (await world.client.get("/v1/cases", headers=chief.headers)).json()["items"]
    assert [each["id"] for each in seen] == [shared_one["id"]]
    answer = await world.client.get(f"/v1/cases/{private['id']}", headers=chief.headers)
    assert answer.status_code == 404
