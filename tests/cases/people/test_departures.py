"""Nobody waits for a person who has left: the case has all its answers, or the bureau is told."""

import asyncio
from typing import Any

import pytest

from services.cases.people.jobs import release_departed
from services.cases.people.queries import PAGE
from shared.events.cases import CaseChanged, CaseResolved, CaseStatusChanged
from shared.events.identity import ContactAdded, ContactChanged, ContactRemoved, MemberAdded, MemberRemoved
from shared.ids import uuid7
from tests.factories.callers import Caller
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
from tests.factories.events import event_of
from tests.factories.records import Bureau, Contact
from tests.factories.service import Service

Event = ContactChanged | ContactRemoved | MemberRemoved
WAYS = ["contact removed", "contact moved", "member removed"]
BOTH: dict[str, dict[str, Any]] = {
    "approval": {"type": "approval", "approval_rule": "all", "statement": "Jag godkänner."},
    "information": {"type": "information", "must_acknowledge": True},
}


def leaving(way: str, person: Participant) -> Event:
    if way == "contact removed":
        return event_of(ContactRemoved, person.contact, sequence=2)
    if way == "contact moved":
        return event_of(ContactChanged, person.contact, email="ny@kunden.example", sequence=2)
    return event_of(MemberRemoved, person.member, sequence=2)


async def answer(person: Caller, case: dict[str, Any]) -> None:
    approving = case["type"] == "approval"
    body = {"decision": "approve"} if approving else None
    assert (await post(person, case, "approval" if approving else "acknowledge", body)).status_code == 200


async def last_entry(by: Caller, case: dict[str, Any]) -> dict[str, Any]:
    timeline = await by.read(f"/v1/cases/{case['id']}/timeline")
    return dict(timeline["items"][-1])


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("way", WAYS)
async def test_the_last_who_was_waited_for_leaves_and_the_case_is_resolved(
    service: Service, anna: Colleague, kind: str, way: str
) -> None:
    customer = await collaborate(service, anna, people=2)
    stays, leaves = customer.people
    case = await open_case(anna, customer, **BOTH[kind])
    await answer(stays, case)
    event = leaving(way, leaves)
    await service.deliver(event)
    now = await read_case(anna, case)
    assert (now["status"], now["unread"]) == ("resolved", True)
    assert [each["user_id"] for each in now["participants"]] == [str(stays.user_id)]
    assert [each["user_id"] for each in now["approvals"]] == [str(stays.user_id)] * len(now["approvals"])
    entry = await last_entry(stays, case)
    assert (entry["action"], entry["facts"]["user_ids"]) == ("participants_left", [str(leaves.user_id)])
    *_, changed, resolved, status = await events_about(service, case)
    assert (type(changed), type(resolved), type(status)) == (CaseChanged, CaseResolved, CaseStatusChanged)
    assert resolved.recipient_ids == [anna.user_id]
    # A fact that is told again changes nothing.
    await service.deliver(event.model_copy(update={"id": uuid7(), "sequence": 3}))
    assert (await read_case(anna, case))["version"] == now["version"]


@pytest.mark.parametrize(
    "queues", [("track-contact", "release-contact"), ("release-contact", "track-contact")]
)
async def test_whichever_reaction_comes_first(
    service: Service, anna: Colleague, queues: tuple[str, str]
) -> None:
    customer = await collaborate(service, anna, people=2)
    stays, leaves = customer.people
    case = await open_case(anna, customer, **BOTH["approval"])
    await answer(stays, case)
    for queue in queues:
        await service.deliver(leaving("contact removed", leaves), queue=queue)
    assert (await read_case(anna, case))["status"] == "resolved"


async def test_who_left_before_anything_reacted_to_it_is_found_by_the_job(
    service: Service, anna: Colleague
) -> None:
    customer = await collaborate(service, anna, people=2)
    stays, leaves = customer.people
    case = await open_case(anna, customer, **BOTH["approval"])
    await answer(stays, case)
    await service.deliver(leaving("contact removed", leaves), queue="track-contact")
    await release_departed(service.database)
    assert (await read_case(anna, case))["status"] == "resolved"


async def test_an_answer_that_still_is_to_come_is_waited_for(service: Service, anna: Colleague) -> None:
    customer = await collaborate(service, anna, people=3)
    first, second, leaves = customer.people
    case = await open_case(anna, customer, **BOTH["approval"])
    await answer(first, case)
    await service.deliver(leaving("member removed", leaves))
    now = await read_case(anna, case)
    assert (now["status"], now["unread"]) == ("waiting_for_customer", True)
    assert (await events_about(service, case))[-1].recipient_ids == []
    await answer(second, case)
    assert (await read_case(anna, case))["status"] == "resolved"


@pytest.mark.parametrize("fields", [{}, {"type": "document_request", "items": ["Utdrag"]}, *BOTH.values()])
async def test_where_nobody_is_left_the_bureau_is_told_and_nothing_is_resolved(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant, fields: dict[str, Any]
) -> None:
    case = await open_case(anna, customer, **fields)
    await service.deliver(leaving("member removed", karin))
    now = await read_case(anna, case)
    assert (now["status"], now["participants"]) == ("waiting_for_bureau", [])
    assert now["unread"] is True
    *_, changed, status = await events_about(service, case)
    assert (changed.recipient_ids, status.previous) == ([anna.user_id], "waiting_for_customer")
    # Nobody hears the bureau either, so it goes on to be the bureau's turn.
    assert (await post(anna, case, "messages", {"body": "Hej?"})).status_code == 201
    assert (await read_case(anna, case))["status"] == "waiting_for_bureau"


async def test_an_item_that_is_returned_to_nobody_stays_with_the_bureau(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="document_request", items=["Utdrag"])
    item = f"/v1/cases/{case['id']}/items/{case['items'][0]['id']}"
    added = await add_file(karin, case, item_id=case["items"][0]["id"])
    assert (await karin.put(f"{item}/answer", {"file_ids": [added["id"]]})).status_code == 200
    await service.deliver(leaving("contact removed", karin))
    returned = await anna.post(f"{item}/return", {"reason": "Mars saknas."})
    assert (returned.status_code, returned.json()["status"]) == (200, "waiting_for_bureau")


async def test_a_new_document_is_not_sent_to_who_has_left(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, **BOTH["approval"])
    await answer(karin, case)
    await service.deliver(leaving("contact removed", karin))
    resolved = await read_case(anna, case)
    assert (resolved["status"], resolved["participants"]) == ("resolved", [])
    await add_file(anna, case)
    now = await read_case(anna, case)
    assert now["status"] == "waiting_for_bureau"
    assert [(each["state"], each["name"]) for each in now["approvals"]] == [("approved", karin.name)]


async def test_a_decision_stands_when_the_person_has_left(service: Service, anna: Colleague) -> None:
    customer = await collaborate(service, anna, people=2)
    decided, leaves = customer.people
    case = await open_case(anna, customer, **BOTH["approval"])
    body = {"decision": "decline", "comment": "Fel belopp."}
    await post(decided, case, "approval", body)
    await service.deliver(leaving("member removed", decided))
    await answer(leaves, case)
    now = await read_case(anna, case)
    assert (now["status"], {each["state"] for each in now["approvals"]}) == (
        "waiting_for_bureau",
        {"approved", "declined"},
    )


async def test_the_author_stays_while_a_member_and_is_waited_for_no_longer(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = (await karin.post("/v1/cases", {"subject": "Fråga", "body": "Hur?"})).json()
    await post(anna, case, "messages", {"body": "Så här?"})
    await service.deliver(leaving("contact removed", karin))
    now = await read_case(karin, case)
    assert [each["user_id"] for each in now["participants"]] == [str(karin.user_id)]
    assert now["status"] == "waiting_for_customer"
    await service.deliver(leaving("member removed", karin))
    assert (await read_case(anna, case))["status"] == "waiting_for_bureau"
    await service.deliver(event_of(MemberAdded, karin.member, sequence=3))
    assert (await post(anna, case, "messages", {"body": "Är du här?"})).status_code == 201
    assert (await events_about(service, case))[-1].recipient_ids == [karin.user_id]
    assert (await read_case(karin, case))["status"] == "waiting_for_customer"


async def test_who_is_a_contact_under_two_names_stays(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer)
    twin = Contact(bureau.id, customer.customer_id, "K. Berg", email=karin.member.email)
    await service.deliver(event_of(ContactAdded, twin))
    await service.deliver(leaving("contact removed", karin))
    assert len((await read_case(karin, case))["participants"]) == 1


async def test_a_member_leaves_the_cases_of_all_bureaus(
    service: Service, anna: Colleague, other_bureau: Bureau
) -> None:
    customer = await collaborate(service, anna, people=2)
    _, leaves = customer.people
    eva = await hire(service, other_bureau, "Eva Dal")
    theirs = await collaborate(service, eva, account_id=customer.account_id)
    known = Contact(other_bureau.id, theirs.customer_id, leaves.name, email=leaves.member.email)
    await service.deliver(event_of(ContactAdded, known))
    there = await open_case(eva, theirs, participant_ids=[str(known.contact_id)])
    here = await asyncio.gather(*[open_case(anna, customer) for _ in range(PAGE + 1)])
    draft = await open_case(anna, customer, send=False)
    ended = await open_case(anna, customer)
    await post(anna, ended, "cancel")
    await service.deliver(leaving("member removed", leaves))
    assert (await read_case(eva, there))["participants"] == []
    remaining = [len((await read_case(anna, case))["participants"]) for case in here]
    assert remaining == [1] * len(here)
    for case in (draft, ended):
        assert len((await read_case(anna, case))["participants"]) == 2
    sent = await post(anna, draft, "send")
    assert (sent.status_code, sent.json()["code"]) == (422, "contact_cannot_receive")


async def test_choosing_others_resolves_what_is_answered_by_all_who_remain(
    service: Service, anna: Colleague
) -> None:
    customer = await collaborate(service, anna, people=2)
    stays = customer.people[0]
    case = await open_case(anna, customer, **BOTH["approval"])
    await answer(stays, case)
    chosen = await anna.put(f"/v1/cases/{case['id']}/participants", {"contact_ids": [str(stays.contact_id)]})
    assert (chosen.status_code, chosen.json()["status"]) == (200, "resolved")
    assert any(isinstance(each, CaseResolved) for each in await events_about(service, case))


async def test_a_new_approver_has_the_turn(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, **BOTH["approval"])
    await service.deliver(leaving("member removed", karin))
    other = (await collaborate(service, anna)).people[0]
    contact = Contact(customer.bureau_id, customer.customer_id, "Lars Ny")
    await service.deliver(event_of(ContactAdded, contact))
    await service.deliver(
        event_of(MemberAdded, other.member, account_id=customer.account_id, email=contact.email)
    )
    chosen = await anna.put(
        f"/v1/cases/{case['id']}/participants", {"contact_ids": [str(contact.contact_id)]}
    )
    assert (chosen.status_code, chosen.json()["status"]) == (200, "waiting_for_customer")


@pytest.mark.parametrize("way", WAYS)
async def test_opening_for_somebody_who_leaves_at_the_same_moment(
    service: Service, anna: Colleague, way: str
) -> None:
    customer = await collaborate(service, anna, people=2)
    stays, leaves = customer.people
    body = {
        "customer_id": str(customer.customer_id),
        "type": "question",
        "subject": "Kvitto",
        "body": "Vad är detta?",
        "participant_ids": [str(each.contact_id) for each in customer.people],
        "send": True,
    }
    chosen = {"contact_ids": body["participant_ids"]}
    alone = await open_case(anna, customer, participant_ids=[str(stays.contact_id)])
    answers = await asyncio.gather(
        *[anna.post("/v1/cases", body) for _ in range(8)],
        anna.put(f"/v1/cases/{alone['id']}/participants", chosen),
        service.deliver(leaving(way, leaves)),
        *[anna.post("/v1/cases", body) for _ in range(8)],
    )
    assert {each.status_code for each in answers if each is not None} <= {200, 201, 422}
    listed = (await anna.read("/v1/cases", customer=str(customer.customer_id), limit=50))["items"]
    for case in listed:
        assert [each["user_id"] for each in (await read_case(anna, case))["participants"]] == [
            str(stays.user_id)
        ]
