"""A person's own news, under the hat that the person wears, the newest first."""

from shared.events.cases import CaseSent, MessagePosted
from shared.events.identity import EmployeeAdded, EmployeeDeactivated
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.records import Employee, Operator, User
from tests.factories.service import Service
from tests.factories.world import World


async def test_the_feed_is_paged_newest_first(service: Service, world: World, employee: Caller) -> None:
    await service.deliver(*[event_of(MessagePosted, world.to_bureau) for _ in range(5)])
    first = (await employee.get("/v1/notifications?limit=3")).json()
    rest = await employee.get("/v1/notifications", limit=3, cursor=first["next"])
    items = first["items"] + rest.json()["items"]
    assert len({item["id"] for item in items}) == 5
    assert rest.json()["next"] is None
    times = [item["at"] for item in items]
    assert times == sorted(times, reverse=True)
    assert items[0] == {
        "id": items[0]["id"],
        "kind": "message_posted",
        "about": "case",
        "about_id": str(world.to_customer.case_id),
        "case_number": "2026-000123",
        "at": items[0]["at"],
        "read": False,
    }


async def test_an_item_is_read_once_and_stays_read(service: Service, world: World, member: Caller) -> None:
    await service.deliver(event_of(CaseSent, world.to_customer))
    (item,) = (await member.get("/v1/notifications")).json()["items"]
    for _ in range(2):
        answer = await member.put(f"/v1/notifications/{item['id']}/read")
        assert (answer.status_code, answer.json()["read"]) == (200, True)
    unread = await member.get("/v1/notifications?unread=true")
    assert unread.json() == {"items": [], "next": None}


async def test_nobody_reads_or_marks_anothers_news(
    service: Service, world: World, other_world: World, employee: Caller, member: Caller
) -> None:
    await service.deliver(event_of(MessagePosted, world.to_bureau))
    (item,) = (await employee.get("/v1/notifications")).json()["items"]
    strangers = [
        service.caller(other_world.employee),
        service.caller(world.employee, user_id=uuid7()),
        member,
        service.caller(Operator(user_id=world.employee.user_id)),
    ]
    for stranger in strangers:
        assert (await stranger.get("/v1/notifications")).json()["items"] == []
        answer = await stranger.put(f"/v1/notifications/{item['id']}/read")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    (unread,) = (await employee.get("/v1/notifications")).json()["items"]
    assert unread["read"] is False


async def test_another_hat_shows_other_news_and_none_shows_all(
    service: Service, world: World, other_world: World
) -> None:
    person = world.employee.user_id
    second = Employee(other_world.bureau.id, user_id=person)
    await service.deliver(event_of(EmployeeAdded, second))
    await service.deliver(event_of(MessagePosted, world.to_bureau))
    await service.deliver(event_of(MessagePosted, other_world.to_bureau, recipient_ids=[person]))
    seen = (await service.caller(second).get("/v1/notifications")).json()["items"]
    assert [item["about_id"] for item in seen] == [str(other_world.to_customer.case_id)]
    no_hat = service.caller(User(user_id=person))
    assert len((await no_hat.get("/v1/notifications")).json()["items"]) == 2


async def test_who_left_reads_nothing_of_it_without_a_hat_either(
    service: Service, world: World, other_world: World
) -> None:
    person = world.employee.user_id
    await service.deliver(event_of(EmployeeAdded, Employee(other_world.bureau.id, user_id=person)))
    await service.deliver(event_of(MessagePosted, world.to_bureau))
    await service.deliver(event_of(MessagePosted, other_world.to_bureau, recipient_ids=[person]))
    no_hat = service.caller(User(user_id=person))
    (left,) = [
        each
        for each in (await no_hat.get("/v1/notifications")).json()["items"]
        if each["about_id"] == str(world.to_bureau.case_id)
    ]
    await service.deliver(event_of(EmployeeDeactivated, world.employee, sequence=2))
    (item,) = (await no_hat.get("/v1/notifications")).json()["items"]
    assert item["about_id"] == str(other_world.to_bureau.case_id)
    marked = await no_hat.put(f"/v1/notifications/{left['id']}/read")
    assert (marked.status_code, marked.json()["code"]) == (404, "not_found")
    await service.deliver(event_of(EmployeeAdded, world.employee, sequence=3))
    assert len((await no_hat.get("/v1/notifications")).json()["items"]) == 2


async def test_one_must_be_logged_in_and_send_a_real_cursor(service: Service, employee: Caller) -> None:
    assert (await service.client.get("/v1/notifications")).status_code == 401
    answer = await employee.get("/v1/notifications?cursor=abc")
    assert answer.json()["code"] == "invalid_cursor"
