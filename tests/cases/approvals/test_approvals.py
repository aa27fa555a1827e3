"""Approving and declining."""

from uuid import UUID

import pytest

from services.cases.approvals.commands import void_approvals
from services.cases.case.actors import Actor
from services.cases.case.queries import lock_case_of
from shared.clock import utcnow
from shared.events.cases import ApprovalRequested
from shared.events.identity import ContactRemoved, MemberRemoved
from tests.factories.cases import (
    Colleague,
    Counterpart,
    Participant,
    add_file,
    collaborate,
    events_about,
    join,
    open_case,
    post,
    read_case,
)
from tests.factories.events import event_of
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_one_approval_is_enough_where_the_sender_said_so(service: Service, anna: Colleague) -> None:
    customer = await collaborate(service, anna, people=2)
    karin = customer.people[0]
    case = await open_case(anna, customer, type="approval", statement="Jag godkänner.")
    assert [each["state"] for each in case["approvals"]] == ["pending", "pending"]
    assert any(isinstance(event, ApprovalRequested) for event in await events_about(service, case))
    approved = (await post(karin, case, "approval", {"decision": "approve"})).json()
    assert approved["status"] == "resolved"
    (decided,) = [each for each in approved["approvals"] if each["user_id"] == str(karin.user_id)]
    assert (decided["state"], decided["authenticated_by"]) == ("approved", "password")
    assert decided["decided_at"] is not None
    again = await post(karin, case, "approval", {"decision": "decline", "comment": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    late = await post(customer.people[1], case, "approval", {"decision": "approve"})
    assert late.json()["code"] == "case_not_open"


async def test_all_must_approve_and_one_who_declines_says_why(service: Service, anna: Colleague) -> None:
    customer = await collaborate(service, anna, people=2)
    first, second = customer.people
    case = await open_case(anna, customer, type="approval", approval_rule="all")
    approved = await post(first, case, "approval", {"decision": "approve"})
    assert approved.json()["status"] == "waiting_for_customer"
    assert (await post(second, case, "approval", {"decision": "decline"})).status_code == 422
    body = {"decision": "decline", "comment": "Fel belopp."}
    declined = await post(second, case, "approval", body)
    assert declined.json()["status"] == "waiting_for_bureau"
    chief = await join(service, customer, role="administrator")
    stranger = await post(chief, case, "approval", {"decision": "approve"})
    assert stranger.json()["code"] == "not_an_approver"


async def test_each_type_is_answered_in_its_own_way(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    question = await open_case(anna, customer)
    for path, body in (("approval", {"decision": "approve"}), ("acknowledge", None)):
        refused = await post(karin, question, path, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_case_type")


async def test_a_new_version_of_a_document_voids_what_was_approved_visibly(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="approval")
    await post(karin, case, "approval", {"decision": "approve"})
    async with service.database.transaction(bureau_id=bureau.id) as session:
        row = await lock_case_of(session, bureau.id, UUID(case["id"]))
        await void_approvals(session, case=row, at=utcnow(), by=Actor("bureau", anna.user_id))
    seen = await read_case(karin, case)
    assert seen["status"] == "waiting_for_customer"
    assert [(each["state"], each["voided_at"] is None) for each in seen["approvals"]] == [
        ("approved", False),
        ("pending", True),
    ]
    again = await post(karin, case, "approval", {"decision": "approve"})
    assert (again.status_code, again.json()["status"]) == (200, "resolved")


async def test_an_approval_names_the_documents_as_they_were(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="approval", send=False)
    document = await add_file(anna, case)
    await post(anna, case, "send")
    await add_file(karin, case)
    seen = {"document_hashes": [document["sha256"]]}
    approved = (await post(karin, case, "approval", {"decision": "approve", **seen})).json()
    (approval,) = approved["approvals"]
    assert approval["document_hashes"] == [
        {"file_id": document["id"], "name": "rapport.txt", "sha256": document["sha256"]}
    ]
    await add_file(anna, case)
    asked_again = await read_case(karin, case)
    assert asked_again["status"] == "waiting_for_customer"
    assert [each["state"] for each in asked_again["approvals"]] == ["approved", "pending"]


@pytest.mark.parametrize("removal", [ContactRemoved, MemberRemoved])
async def test_nobody_waits_for_an_approver_who_has_left(
    service: Service, anna: Colleague, removal: type[ContactRemoved | MemberRemoved]
) -> None:
    customer = await collaborate(service, anna, people=2)
    first, second = customer.people
    case = await open_case(anna, customer, type="approval", approval_rule="all")
    who = second.contact if removal is ContactRemoved else second.member
    await service.deliver(event_of(removal, who, sequence=2))
    approved = (await post(first, case, "approval", {"decision": "approve"})).json()
    assert approved["status"] == "resolved"
