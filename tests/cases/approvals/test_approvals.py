"""Approving and declining."""

from uuid import UUID

from services.cases.approvals.commands import void_approvals
from services.cases.case.actors import Actor
from services.cases.case.queries import lock_case_of
from shared.clock import utcnow
from shared.events.cases import ApprovalRequested
from tests.cases.factories import World


async def test_one_approval_is_enough_where_the_sender_said_so(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna, people=2)
    case = await world.case(anna, customer, type="approval", statement="Jag godkänner.")
    assert [each["state"] for each in case["approvals"]] == ["pending", "pending"]
    assert any(isinstance(event, ApprovalRequested) for event in await world.events(case))
    karin = customer.people[0]
    approved = (await world.post(case, "approval", karin.headers, {"decision": "approve"})).json()
    assert approved["status"] == "resolved"
    (decided,) = [each for each in approved["approvals"] if each["user_id"] == str(karin.user_id)]
    assert (decided["state"], decided["authenticated_by"]) == ("approved", "password")
    assert decided["decided_at"] is not None
    again = await world.post(case, "approval", karin.headers, {"decision": "decline", "comment": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    late = await world.post(case, "approval", customer.people[1].headers, {"decision": "approve"})
    assert late.json()["code"] == "case_not_open"


async def test_all_must_approve_and_one_who_declines_says_why(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna, people=2)
    first, second = customer.people
    case = await world.case(anna, customer, type="approval", approval_rule="all")
    approved = await world.post(case, "approval", first.headers, {"decision": "approve"})
    assert approved.json()["status"] == "waiting_for_customer"
    assert (await world.post(case, "approval", second.headers, {"decision": "decline"})).status_code == 422
    body = {"decision": "decline", "comment": "Fel belopp."}
    declined = await world.post(case, "approval", second.headers, body)
    assert declined.json()["status"] == "waiting_for_bureau"
    chief = await world.person(customer, role="administrator")
    stranger = await world.post(case, "approval", chief.headers, {"decision": "approve"})
    assert stranger.json()["code"] == "not_an_approver"


async def test_each_type_is_answered_in_its_own_way(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    question = await world.case(anna, customer)
    for path, body in (("approval", {"decision": "approve"}), ("acknowledge", None)):
        refused = await world.post(question, path, karin, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_case_type")


async def test_a_new_version_of_a_document_voids_what_was_approved_visibly(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    case = await world.case(anna, customer, type="approval")
    await world.post(case, "approval", karin, {"decision": "approve"})
    async with world.consumer.database.transaction(bureau_id=world.bureau_id) as session:
        row = await lock_case_of(session, world.bureau_id, UUID(case["id"]))
        await void_approvals(session, case=row, at=utcnow(), by=Actor("bureau", anna.user_id))
    seen = await world.get(case, karin)
    assert seen["status"] == "waiting_for_customer"
    assert [(each["state"], each["voided_at"] is None) for each in seen["approvals"]] == [
        ("approved", False),
        ("pending", True),
    ]
    again = await world.post(case, "approval", karin, {"decision": "approve"})
    assert (again.status_code, again.json()["status"]) == (200, "resolved")


async def test_an_approval_names_the_documents_as_they_were(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    karin = customer.people[0].headers
    case = await world.case(anna, customer, type="approval", send=False)
    document = await world.file(case, anna.headers)
    await world.post(case, "send", anna.headers)
    await world.file(case, karin)
    approved = (await world.post(case, "approval", karin, {"decision": "approve"})).json()
    (approval,) = approved["approvals"]
    assert approval["document_hashes"] == [
        {"file_id": document["id"], "name": "rapport.txt", "sha256": document["sha256"]}
    ]
    await world.file(case, anna.headers)
    asked_again = await world.get(case, karin)
    assert asked_again["status"] == "waiting_for_customer"
    assert [each["state"] for each in asked_again["approvals"]] == ["approved", "pending"]
