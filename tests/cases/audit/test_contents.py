"""A text or file that was altered behind the product's back is found, and named with its entry."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.cases.case.tables import Case
from services.cases.timeline.tables import Entry
from tests.cases.audit.harm import as_owner, found_in, harm
from tests.factories.cases import Colleague, Counterpart, Participant, add_file, open_case, post
from tests.factories.records import Bureau
from tests.factories.service import Service


@pytest.fixture
async def request_case(anna: Colleague, customer: Counterpart, karin: Participant) -> dict[str, Any]:
    """A document request with a text of each kind; its entries by position."""
    items = ["Kontoutdrag", "Inventering"]
    case = await open_case(anna, customer, type="document_request", items=items, send=False)  # 1
    url, (first, second) = f"/v1/cases/{case['id']}", (each["id"] for each in case["items"])
    for body in ("Utkast", "Vi behöver dessa."):  # 2, 3
        changed = await anna.call("PATCH", url, json={"body": body}, version="*")
        assert changed.status_code == 200
    await add_file(anna, case)  # 4
    await post(anna, case, "notes", {"body": "Ring Karin."})  # 5
    await post(anna, case, "send")  # 6
    said = (await post(karin, case, "messages", {"body": "1 000 kr"})).json()  # 7
    corrected = await karin.call("PATCH", f"{url}/messages/{said['id']}", json={"body": "10 000 kr"})  # 8
    assert corrected.status_code == 200
    file = await add_file(karin, case, item_id=first)  # 9
    answered = await karin.put(f"{url}/items/{first}/answer", {"file_ids": [file["id"]]})  # 10
    assert answered.status_code == 200
    none = {"not_applicable": True, "reason": "Inget lager."}
    assert (await karin.put(f"{url}/items/{second}/answer", none)).status_code == 200  # 11
    await post(anna, case, f"items/{second}/return", {"reason": "Räkna kassan."})  # 12
    await karin.put(f"{url}/items/{second}/answer", {"file_ids": [file["id"]]})  # 13
    return case


@pytest.fixture
async def approval(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> dict[str, Any]:
    case = await open_case(anna, customer, type="approval", statement="Jag godkänner.", send=False)  # 1
    document = await add_file(anna, case)  # 2
    await post(anna, case, "send")  # 3
    seen = {"document_hashes": [document["sha256"]]}
    body = {"decision": "decline", "comment": "Fel belopp.", **seen}
    declined = await post(karin, case, "approval", body)  # 4
    assert declined.status_code == 200, declined.text
    return case


async def test_what_was_written_by_the_product_alone_is_as_written(
    service: Service,
    request_case: dict[str, Any],
    approval: dict[str, Any],
    anna: Colleague,
    customer: Counterpart,
    karin: Participant,
) -> None:
    question = (await karin.post("/v1/cases", {"subject": "Fråga", "body": "Hur?"})).json()
    draft = await open_case(anna, customer, type="approval", statement="Utkast.", send=False)
    url = f"/v1/cases/{draft['id']}"
    assert (await anna.call("PATCH", url, json={"statement": None}, version="*")).status_code == 200
    for case in (request_case, approval, question, draft):
        assert await found_in(service, case["id"], page=1) == []


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("update cases set subject = 'x' where id = :id", "subject of entry 6 is not as written"),
        ("update cases set body = 'Utkast' where id = :id", "body of entry 6 is not as written"),
        ("update cases set statement = 'x' where id = :id", "no entry tells of statement"),
        (
            "update messages set body = '1 000 kr' where case_id = :id",
            "message {} of entry 8 is not as written",
        ),
        (
            "update messages set body = body || ' ' where case_id = :id",
            "message {} of entry 8 is not as written",
        ),
        ("delete from messages where case_id = :id", "message {} of entry 8 is missing"),
        ("update notes set body = 'x' where case_id = :id", "note {} of entry 5 is not as written"),
        (
            "update items set text = 'x' where case_id = :id and position = 1",
            "item {} of entry 6 is not as written",
        ),
        (
            "update items set file_ids = '{{}}' where case_id = :id and position = 1",
            "item files {} of entry 10 is not as written",
        ),
        (
            "update items set reason = 'x' where case_id = :id and position = 2",
            "item reason {} of entry 13 is not as written",
        ),
        (
            "update files set sha256 = 'x' where case_id = :id and side = 'bureau'",
            "file {} of entry 6 is not as written",
        ),
        (
            "update files set sha256 = 'x' where case_id = :id and side = 'customer'",
            "file {} of entry 9 is not as written",
        ),
        (
            "insert into messages select gen_random_uuid(), bureau_id, id, 'bureau', created_by, 'x', now()"
            " from cases where id = :id",
            "no entry tells of message {}",
        ),
    ],
)
async def test_an_altered_text_or_file_of_a_case_is_named(
    service: Service, bureau: Bureau, request_case: dict[str, Any], owner_url: str, sql: str, found: str
) -> None:
    await harm(owner_url, bureau.id, sql.replace("{{}}", "{}"), id=request_case["id"])
    (named,) = await found_in(service, request_case["id"])
    before, _, after = found.partition("{}")
    assert named.startswith(before)
    assert named.endswith(after)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("update cases set statement = 'x' where id = :id", "statement of entry 3 is not as written"),
        ("update cases set statement = null where id = :id", "statement of entry 3 is missing"),
        (
            "update approvals set state = 'approved' where case_id = :id",
            "decision {} of entry 4 is not as written",
        ),
        (
            "update approvals set document_hashes = '[]' where case_id = :id",
            "decision {} of entry 4 is not as written",
        ),
        (
            "update approvals set comment = null where case_id = :id",
            "comment {} of entry 4 is not as written",
        ),
    ],
)
async def test_an_altered_statement_or_decision_is_named(
    service: Service, bureau: Bureau, approval: dict[str, Any], owner_url: str, sql: str, found: str
) -> None:
    await harm(owner_url, bureau.id, sql, id=approval["id"])
    (named,) = await found_in(service, approval["id"])
    before, _, after = found.partition("{}")
    assert named.startswith(before)
    assert named.endswith(after)


async def test_a_digest_of_the_bureaus_own_texts_never_reaches_the_customer(
    request_case: dict[str, Any], anna: Colleague, karin: Participant
) -> None:
    url = f"/v1/cases/{request_case['id']}/timeline"
    ours, theirs = (await anna.read(url))["items"], (await karin.read(url))["items"]

    def digests(entries: list[dict[str, Any]]) -> set[str]:
        return {each for entry in entries for each in entry["facts"].get("contents", {}).values() if each}

    internal = digests([each for each in ours if each["internal"]])
    shown = digests([each for each in ours if not each["internal"]])
    assert digests(theirs) == shown
    assert not any("note" in str(each["facts"]) for each in theirs)
    # Of the drafts' texts those that were sent are shown, and the first text of the body is not.
    assert len(internal - shown) == 3


async def test_of_what_is_older_than_digests_only_files_are_compared(
    service: Service, bureau: Bureau, anna: Colleague, customer: Counterpart, owner_url: str
) -> None:
    case = await open_case(anna, customer)
    file = await add_file(anna, case)
    old = (
        "insert into messages select gen_random_uuid(), bureau_id, id, 'bureau', created_by, 'x', now()"
        " from cases where id = :id"
    )
    await harm(owner_url, bureau.id, old, id=case["id"])
    await forget_digests(owner_url, bureau.id, case)
    assert await found_in(service, case["id"]) == []
    await harm(owner_url, bureau.id, "update files set sha256 = 'x' where id = :id", id=file["id"])
    assert await found_in(service, case["id"]) == [f"file {file['id']} of entry 3 is not as written"]


async def forget_digests(owner_url: str, bureau_id: UUID, case: dict[str, Any]) -> None:
    """Make the case as it would have been written before entries told of contents."""
    async with as_owner(owner_url, bureau_id) as session:
        row = await session.get_one(Case, UUID(case["id"]))
        wanted = select(Entry).where(Entry.case_id == row.id).order_by(Entry.position)
        row.timeline_hash = row.shared_timeline_hash = ""
        for entry in await session.scalars(wanted):
            entry.facts = {key: value for key, value in entry.facts.items() if key != "contents"}
            entry.hash = row.timeline_hash = entry.hash_after(row.timeline_hash, position=entry.position)
            if entry.shared_position:
                linked = entry.hash_after(row.shared_timeline_hash, position=entry.shared_position)
                entry.shared_hash = row.shared_timeline_hash = linked
