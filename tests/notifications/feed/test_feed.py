"""A person's feed: one's own, under one's hat, newest first."""

from shared.events.cases import CaseSent
from shared.ids import uuid7
from tests.notifications.factories import Bureau


async def test_the_feed_is_paged_newest_first(bureau: Bureau) -> None:
    await bureau.tell("mail-case-updated", *[bureau.case(by="customer") for _ in range(5)])
    headers = bureau.as_employee()
    first = (await bureau.client.get("/v1/notifications?limit=3", headers=headers)).json()
    rest = await bureau.client.get(
        "/v1/notifications", params={"limit": 3, "cursor": first["next"]}, headers=headers
    )
    items = first["items"] + rest.json()["items"]
    assert len({item["id"] for item in items}) == 5
    assert rest.json()["next"] is None
    times = [item["at"] for item in items]
    assert times == sorted(times, reverse=True)
    assert items[0] == {
        "id": items[0]["id"],
        "kind": "message_posted",
        "about": "case",
        "about_id": str(bureau.case_id),
        "case_number": "2026-000123",
        "at": items[0]["at"],
        "read": False,
    }


async def test_an_item_is_read_once_and_stays_read(bureau: Bureau) -> None:
    await bureau.tell("mail-case-sent", bureau.case(CaseSent))
    headers = bureau.as_member()
    (item,) = (await bureau.client.get("/v1/notifications", headers=headers)).json()["items"]
    for _ in range(2):
        answer = await bureau.client.put(f"/v1/notifications/{item['id']}/read", headers=headers)
        assert (answer.status_code, answer.json()["read"]) == (200, True)
    unread = await bureau.client.get("/v1/notifications?unread=true", headers=headers)
    assert unread.json() == {"items": [], "next": None}


async def test_nobody_reads_or_marks_anothers_news(bureau: Bureau, other: Bureau) -> None:
    await bureau.tell("mail-case-updated", bureau.case(by="customer"))
    (item,) = (await bureau.client.get("/v1/notifications", headers=bureau.as_employee())).json()["items"]
    strangers = [
        other.as_employee(),
        bureau.as_employee(user_id=uuid7()),
        bureau.as_member(),
        bureau.tokens.operator(user_id=bureau.employee_user),
    ]
    for headers in strangers:
        assert (await bureau.client.get("/v1/notifications", headers=headers)).json()["items"] == []
        answer = await bureau.client.put(f"/v1/notifications/{item['id']}/read", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    (unread,) = (await bureau.client.get("/v1/notifications", headers=bureau.as_employee())).json()["items"]
    assert unread["read"] is False


async def test_another_hat_shows_other_news_and_none_shows_all(bureau: Bureau, other: Bureau) -> None:
    other.employee_user = bureau.employee_user
    await other.tell("track-employee", other.employee())
    for each in (bureau, other):
        await each.tell("mail-case-updated", each.case(by="customer"))
    seen = (await bureau.client.get("/v1/notifications", headers=other.as_employee())).json()["items"]
    assert [item["about_id"] for item in seen] == [str(other.case_id)]
    headers = bureau.tokens.bearer(user_id=bureau.employee_user)
    assert len((await bureau.client.get("/v1/notifications", headers=headers)).json()["items"]) == 2


async def test_one_must_be_logged_in_and_send_a_real_cursor(bureau: Bureau) -> None:
    assert (await bureau.client.get("/v1/notifications")).status_code == 401
    answer = await bureau.client.get("/v1/notifications?cursor=abc", headers=bureau.as_employee())
    assert answer.json()["code"] == "invalid_cursor"
