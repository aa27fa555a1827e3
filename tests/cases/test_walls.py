"""What belongs to another bureau or another account is not there."""

import pytest

from shared.ids import uuid7
from tests.factories.callers import failing_field
from tests.factories.cases import Colleague, collaborate, hire, open_case, read_case
from tests.factories.records import Bureau
from tests.factories.service import Service

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
    service: Service, other_bureau: Bureau, anna: Colleague, method: str, path: str, body: object
) -> None:
    eva = await hire(service, other_bureau, "Eva Dal")
    case = await open_case(anna, await collaborate(service, anna), type="document_request", items=["Utdrag"])
    before = await read_case(anna, case)
    stranger = (await collaborate(service, eva)).people[0]
    neighbour = (await collaborate(service, anna)).people[0]
    url = f"/v1/cases/{case['id']}{path.format(item=case['items'][0]['id'])}"
    for each in (eva, stranger, neighbour):
        refused = await each.call(method, url, json=body, version="*")
        # Some routes are for one of the two roles only, whatever the case.
        assert (refused.status_code, refused.json()["code"]) in ((404, "not_found"), (403, "wrong_hat"))
    after = await read_case(anna, case)
    assert {**after, "waiting_for_customer_seconds": 0} == {**before, "waiting_for_customer_seconds": 0}


async def test_lists_and_counts_hold_no_one_elses(
    service: Service, other_bureau: Bureau, anna: Colleague
) -> None:
    eva = await hire(service, other_bureau, "Eva Dal")
    await open_case(anna, await collaborate(service, anna))
    stranger = (await collaborate(service, eva)).people[0]
    neighbour = (await collaborate(service, anna)).people[0]
    for each in (eva, stranger, neighbour):
        assert (await each.get("/v1/cases")).json()["items"] == []
        assert (await each.get("/v1/cases/counts")).json()["total"] == 0


async def test_foreign_ids_in_bodies_are_not_found(
    service: Service, other_bureau: Bureau, anna: Colleague
) -> None:
    eva = await hire(service, other_bureau, "Eva Dal")
    own, foreign = await collaborate(service, anna), await collaborate(service, eva)
    body = {"type": "question", "subject": "x", "body": "x", "customer_id": str(own.customer_id)}
    foreign_person = str(foreign.people[0].contact_id)
    for unknown in ({"customer_id": str(foreign.customer_id)}, {"template_id": str(uuid7())}):
        answer = await anna.post("/v1/cases", body | unknown)
        assert answer.status_code == 404, (unknown, answer.text)
    for wrong in ({"assignee_id": str(eva.employee_id)}, {"follower_ids": [str(eva.employee_id)]}):
        answer = await anna.post("/v1/cases", body | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_found"), wrong
        assert answer.json()["errors"][0]["field"].removesuffix(".0") in wrong
    answer = await anna.post("/v1/cases", body | {"participant_ids": [foreign_person]})
    assert failing_field(answer) == (422, "participant_ids.0", "unknown_contact")
