"""What was approved: the documents that the person saw, each in its newest version."""

import asyncio
import unicodedata
from typing import Any

import pytest

from shared.events.cases import ApprovalRequested
from shared.ids import uuid7
from tests.factories.callers import Caller, bearer, refusal
from tests.factories.cases import (
    PDF,
    Colleague,
    Counterpart,
    Participant,
    add_file,
    collaborate,
    events_about,
    open_case,
    post,
    read_case,
    upload,
)
from tests.factories.service import Service


@pytest.fixture
async def case(anna: Colleague, customer: Counterpart) -> dict[str, Any]:
    """A sent approval with one document, `ar.txt`."""
    draft = await open_case(anna, customer, type="approval", send=False)
    await add_file(anna, draft, name="ar.txt")
    return dict((await post(anna, draft, "send")).json())


def hashes(case: dict[str, Any]) -> dict[str, Any]:
    return {"document_hashes": [each["sha256"] for each in case["documents"]]}


async def names_and_ids(by: Caller, case: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["name"], each["file_id"]) for each in (await read_case(by, case))["documents"]]


async def test_a_document_of_the_same_name_takes_the_place_of_the_former_version(
    service: Service, anna: Colleague, karin: Participant, case: dict[str, Any]
) -> None:
    approved = await post(karin, case, "approval", {"decision": "approve", **hashes(case)})
    assert approved.json()["status"] == "resolved"
    newer = await add_file(anna, case, name="AR.txt")
    now = await read_case(karin, case)
    assert await names_and_ids(karin, case) == [("AR.txt", newer["id"])]
    assert [each["state"] for each in now["approvals"]] == ["approved", "pending"]
    assert now["status"] == "waiting_for_customer"
    files = (await karin.read(f"/v1/cases/{case['id']}/files"))["items"]
    assert [each["replaced_by"] for each in files] == [newer["id"], None]
    timeline = (await karin.read(f"/v1/cases/{case['id']}/timeline"))["items"]
    added, voided = timeline[-2:]
    assert (added["action"], added["facts"]["replaces"]) == ("file_added", [case["documents"][0]["file_id"]])
    assert voided["action"] == "approvals_voided"
    asked = [each for each in await events_about(service, case) if isinstance(each, ApprovalRequested)]
    assert asked[-1].recipient_ids == [karin.user_id]
    (decided, _) = now["approvals"]
    assert [each["sha256"] for each in decided["document_hashes"]] == hashes(case)["document_hashes"]


async def test_a_name_is_the_same_however_a_system_writes_it(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="approval", statement="Stämmer.")
    await add_file(anna, case, name="årsredovisning.txt")
    newer = await add_file(anna, case, name=unicodedata.normalize("NFD", "årsredovisning.txt"))
    assert [file_id for _, file_id in await names_and_ids(karin, case)] == [newer["id"]]


async def test_a_sender_names_the_document_that_is_replaced(
    anna: Colleague, karin: Participant, case: dict[str, Any]
) -> None:
    first = case["documents"][0]["file_id"]
    note = await add_file(anna, case, name="noter.txt")
    newer = await add_file(anna, case, name="ar 2.txt", replaces=first)
    assert await names_and_ids(karin, case) == [("noter.txt", note["id"]), ("ar 2.txt", newer["id"])]
    for gone in (first, str(uuid7())):
        refused = await upload(anna, case, name="ar 3.pdf", replaces=gone)
        assert refusal(refused) == (409, "documents_changed")
        assert {each["file_id"] for each in refused.json()["documents"]} == {note["id"], newer["id"]}
    wrong = await upload(anna, case, replaces="x")
    assert [each["field"] for each in wrong.json()["errors"]] == ["replaces"]


async def test_only_documents_of_an_approval_have_versions(
    anna: Colleague, customer: Counterpart, karin: Participant, case: dict[str, Any]
) -> None:
    question = await open_case(anna, customer)
    added = await add_file(anna, question)
    theirs = await add_file(karin, case, name="ar.txt")
    assert theirs["replaced_by"] is None
    assert len(await names_and_ids(karin, case)) == 1
    for by, about, former in ((anna, question, added), (karin, case, theirs)):
        refused = await upload(by, about, replaces=former["id"])
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "replaces")


async def test_the_same_document_again_changes_nothing(
    anna: Colleague, karin: Participant, case: dict[str, Any]
) -> None:
    first = (await upload(anna, case, PDF, name="noter.pdf")).json()
    seen = await read_case(karin, case)
    await post(karin, case, "approval", {"decision": "approve", **hashes(seen)})
    before = await read_case(karin, case)
    again = await upload(anna, case, PDF, name="noter.pdf")
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert await read_case(karin, case) == before


async def test_a_version_of_the_draft_is_never_shown_to_the_customer(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="approval", send=False)
    early = await add_file(anna, case)
    sent = await add_file(anna, case)
    await post(anna, case, "send")
    listed = [each["id"] for each in (await karin.read(f"/v1/cases/{case['id']}/files"))["items"]]
    assert listed == [sent["id"]]
    assert (await karin.get(f"/v1/files/{early['id']}")).status_code == 404
    assert (await anna.get(f"/v1/files/{early['id']}")).status_code == 200
    newer = await add_file(anna, case)
    listed = [each["id"] for each in (await karin.read(f"/v1/cases/{case['id']}/files"))["items"]]
    assert listed == [sent["id"], newer["id"]]


async def test_a_decision_names_the_documents_that_were_seen(
    anna: Colleague, karin: Participant, case: dict[str, Any]
) -> None:
    unnamed = await post(karin, case, "approval", {"decision": "approve"})
    assert (unnamed.status_code, unnamed.json()["errors"][0]["field"]) == (422, "document_hashes")
    newer = await add_file(anna, case, name="ar.txt")
    for decision in ({"decision": "approve"}, {"decision": "decline", "comment": "Nej."}):
        refused = await post(karin, case, "approval", {**decision, **hashes(case)})
        assert refusal(refused) == (409, "documents_changed")
        assert refused.json()["documents"] == [
            {"file_id": newer["id"], "name": "ar.txt", "sha256": newer["sha256"]}
        ]
    empty = await post(karin, case, "approval", {"decision": "approve", "document_hashes": []})
    assert refusal(empty) == (409, "documents_changed")
    more = {"document_hashes": [newer["sha256"], "0" * 64]}
    assert refusal(await post(karin, case, "approval", {"decision": "approve", **more})) == (
        409,
        "documents_changed",
    )
    short = await post(karin, case, "approval", {"decision": "approve", "document_hashes": ["abc"]})
    assert short.status_code == 422
    now = hashes(await read_case(karin, case))
    approved = await post(karin, case, "approval", {"decision": "approve", **now})
    assert (approved.status_code, approved.json()["status"]) == (200, "resolved")


async def test_a_version_that_comes_while_somebody_approves(anna: Colleague, service: Service) -> None:
    for _ in range(8):
        customer = await collaborate(service, anna)
        karin = customer.people[0]
        case = await open_case(anna, customer, type="approval", statement="Stämmer.")
        await add_file(anna, case)
        seen = hashes(await read_case(karin, case))
        decided, _ = await asyncio.gather(
            post(karin, case, "approval", {"decision": "approve", **seen}), add_file(anna, case)
        )
        now = await read_case(karin, case)
        assert now["status"] == "waiting_for_customer"
        states = [each["state"] for each in now["approvals"]]
        if decided.status_code == 200:
            assert states == ["approved", "pending"]
        else:
            assert (refusal(decided), states) == ((409, "documents_changed"), ["pending"])


async def test_a_decision_says_how_the_person_had_logged_in(
    service: Service, karin: Participant, case: dict[str, Any]
) -> None:
    proven = Caller(service.client, headers=bearer(service.keys, karin.member, amr=["pwd", "otp"]))
    approved = await post(proven, case, "approval", {"decision": "approve", **hashes(case)})
    assert [each["authenticated_by"] for each in approved.json()["approvals"]] == ["pwd otp"]
