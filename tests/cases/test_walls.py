"""What belongs to another bureau or another account is not there."""

import pytest

from shared.ids import uuid7
from tests.cases.factories import World

ROUTES: list[tuple[str, str, object]] = [
    ("GET", "", None),
    ("PATCH", "", {"labels": ["x"]}),
    ("POST", "/send", None),
    ("POST", "/resolve", None),
    ("POST", "/close", None),
    ("POST", "/reopen", None),
    ("POST", "/cancel", None),
    ("PUT", "/read", None),
    ("PUT", "/assignee", {"employee_id": str(uuid7())}),
    ("PUT", "/followers", {"employee_ids": []}),
    ("PUT", "/participants", {"contact_ids": [str(uuid7())]}),
    ("GET", "/messages", None),
    ("POST", "/messages", {"body": "x"}),
    ("PATCH", f"/messages/{uuid7()}", {"body": "x"}),
    ("GET", "/notes", None),
    ("POST", "/notes", {"body": "x"}),
    ("GET", "/timeline", None),
    ("PUT", "/items/{item}/answer", {"not_applicable": True, "reason": "x"}),
    ("POST", "/items/{item}/accept", None),
    ("POST", "/items/{item}/return", {"reason": "x"}),
    ("POST", "/approval", {"decision": "approve"}),
    ("POST", "/acknowledge", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_strangers_find_nothing_and_change_nothing(
    world: World, other_world: World, method: str, path: str, body: object
) -> None:
    anna, eva = await world.employee(), await other_world.employee("Eva Dal")
    case = await world.case(anna, await world.customer(anna), type="document_request", items=["Utdrag"])
    before = await world.get(case, anna.headers)
    stranger = (await other_world.customer(eva)).people[0]
    neighbour = (await world.customer(anna)).people[0]
    url = f"/v1/cases/{case['id']}{path.format(item=case['items'][0]['id'])}"
    for headers in (eva.headers, stranger.headers, neighbour.headers):
        refused = await world.client.request(method, url, json=body, headers=headers | {"If-Match": "*"})
        # Some routes are for one of the two roles only, whatever the case.
        assert (refused.status_code, refused.json()["code"]) in ((404, "not_found"), (403, "wrong_hat"))
    after = await world.get(case, anna.headers)
    assert {**after, "waiting_for_customer_seconds": 0} == {**before, "waiting_for_customer_seconds": 0}


async def test_lists_and_counts_hold_no_one_elses(world: World, other_world: World) -> None:
    anna, eva = await world.employee(), await other_world.employee("Eva Dal")
    await world.case(anna, await world.customer(anna))
    stranger = (await other_world.customer(eva)).people[0]
    neighbour = (await world.customer(anna)).people[0]
    for headers in (eva.headers, stranger.headers, neighbour.headers):
        assert (await world.client.get("/v1/cases", headers=headers)).json()["items"] == []
        assert (await world.client.get("/v1/cases/counts", headers=headers)).json()["total"] == 0


async def test_foreign_ids_in_bodies_are_not_found(world: World, other_world: World) -> None:
    anna, eva = await world.employee(), await other_world.employee("Eva Dal")
    own, foreign = await world.customer(anna), await other_world.customer(eva)
    body = {"type": "question", "subject": "x", "body": "x", "customer_id": str(own.id)}
    foreign_person = str(foreign.people[0].contact_id)
    for wrong in (
        {"customer_id": str(foreign.id)},
        {"assignee_id": str(eva.id)},
        {"follower_ids": [str(eva.id)]},
        {"template_id": str(uuid7())},
    ):
        answer = await world.client.post("/v1/cases", json=body | wrong, headers=anna.headers)
        assert answer.status_code == 404, (wrong, answer.text)
    answer = await world.client.post(
        "/v1/cases", json=body | {"participant_ids": [foreign_person]}, headers=anna.headers
    )
    assert answer.status_code in (404, 422)
