"""Files that are added to cases, and what becomes of those that are not taken."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.ids import uuid7
from tests.factories.callers import Caller, failing_field, refusal
from tests.factories.cases import (
    PDF,
    Colleague,
    Counterpart,
    Participant,
    collaborate,
    events_about,
    files_in,
    hire,
    open_case,
    post,
    read_case,
    upload,
)
from tests.factories.records import Bureau
from tests.factories.service import Service

SHA256 = hashlib.sha256(PDF).hexdigest()


async def test_the_trail_and_the_event_hold_no_name(service: Service, anna: Colleague) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    file = (await upload(anna, case, name="191212121212.pdf")).json()
    timeline = (await anna.get(f"/v1/cases/{case['id']}/timeline")).json()
    entry = timeline["items"][-1]
    assert (entry["action"], entry["facts"]["sha256"]) == ("file_added", SHA256)
    event = (await events_about(service, case))[-1]
    assert (event.type, str(event.file_id)) == ("se.arende.file.added.v1", file["id"])
    assert "191212121212" not in str(timeline) + event.to_wire().decode()


async def test_news_for_the_other_side(
    service: Service, anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer)
    await anna.put(f"/v1/cases/{case['id']}/read")
    await upload(karin, case)
    assert (await read_case(anna, case))["unread"]
    assert (await events_about(service, case))[-1].recipient_ids == [anna.user_id]


async def test_a_members_files_answer_an_item(anna: Colleague, customer: Counterpart) -> None:
    case, karin = (
        await open_case(anna, customer, type="document_request", items=["Utdrag"]),
        customer.people[0],
    )
    item = case["items"][0]["id"]
    file = (await upload(karin, case, item_id=item)).json()
    assert (file["item_id"], file["side"]) == (item, "customer")
    url = f"/v1/cases/{case['id']}/items/{item}/answer"
    answered = await karin.put(url, {"file_ids": [file["id"]]})
    assert [each["id"] for each in answered.json()["items"][0]["files"]] == [file["id"]]
    unknown = await upload(karin, case, item_id=str(uuid7()))
    assert failing_field(unknown) == (422, "item_id", "not_found")


async def test_a_new_document_voids_what_was_approved(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, type="approval", send=False)
    await upload(anna, case)
    await post(anna, case, "send")
    seen = {"document_hashes": [SHA256]}
    approved = await post(karin, case, "approval", {"decision": "approve", **seen})
    (approval,) = approved.json()["approvals"]
    assert [each["sha256"] for each in approval["document_hashes"]] == [SHA256]
    await upload(karin, case)
    assert (await read_case(anna, case))["status"] == "resolved"
    await upload(anna, case, PDF + b"ny", name="ny.pdf")
    now = await read_case(anna, case)
    assert now["status"] == "waiting_for_customer"
    assert sorted((each["state"], each["voided_at"] is None) for each in now["approvals"]) == [
        ("approved", False),
        ("pending", True),
    ]


async def test_a_cancelled_case_takes_no_files(service: Service, anna: Colleague, folder: Path) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    await post(anna, case, "cancel")
    before = files_in(folder)
    answer = await upload(anna, case)
    assert (answer.status_code, answer.json()["code"]) == (409, "case_not_open")
    assert files_in(folder) == before


async def test_a_limited_employee_adds_only_for_its_customers(
    service: Service, bureau: Bureau, anna: Colleague, folder: Path
) -> None:
    bo = await hire(service, bureau, "Bo Alm", customers="limited")
    case = await open_case(anna, await collaborate(service, anna))
    before = files_in(folder)
    answer = await upload(bo, case)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_customer")
    assert files_in(folder) == before
    mine = await open_case(anna, await collaborate(service, bo))
    assert (await upload(bo, mine)).status_code == 201


async def test_nothing_is_left_of_what_is_too_large(
    service: Service, anna: Colleague, small: httpx.AsyncClient, folder: Path
) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    before = files_in(folder)
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--limit\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        while True:
            taken += 4096
            yield b"a" * 4096

    at_small = replace(anna, client=small)
    streaming = at_small.sending(content_type="multipart/form-data; boundary=limit")
    streamed = await streaming.call("POST", f"/v1/cases/{case['id']}/files", content=endless())
    announced = await upload(at_small, case, b"a" * 200_000, name="a.txt")
    slightly = await upload(at_small, case, b"a" * 20_001, name="a.txt")
    for answer in (streamed, announced, slightly):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert taken < 40_000
    assert files_in(folder) == before
    exactly = await upload(at_small, case, b"a" * 20_000, name="a.txt")
    assert exactly.status_code == 201


async def test_a_disguised_program_is_refused(service: Service, anna: Colleague, folder: Path) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    before, program = files_in(folder), b"MZ\x90\x00\x03" + bytes(500)
    answer = await upload(anna, case, program, name="faktura.pdf")
    assert (answer.status_code, answer.json()["code"]) == (415, "file_type_not_allowed")
    assert files_in(folder) == before


PART = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'

FILE = PART.format("file", '; filename="a.txt"', "text")
LONG_HEADER = PART.format("file", '; filename="' + "a" * 5000 + '.txt"', "text")
MANY_HEADERS = PART.format("file", '; filename="a.txt"' + "\r\nX-More: 1" * 20, "text")


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("multipart/form-data", FILE, "file"),
        ("multipart/form-data; boundary=b", "no form", "file"),
        ("multipart/form-data; boundary=b", "--b--\r\n", "file"),
        ("multipart/form-data; boundary=" + "b" * 999, FILE, "file"),
        ("multipart/form-data; boundary=b", PART.format("file", '; filename="a.txt"', "") + "--b--", "file"),
        ("multipart/form-data; boundary=b", FILE + FILE + "--b--", "file"),
        ("multipart/form-data; boundary=b", FILE + PART.format("item_id", "", "x") + "--b--", "item_id"),
        ("multipart/form-data; boundary=b", FILE + PART.format("item_id", "", "x" * 999), "item_id"),
        ("multipart/form-data; boundary=b", FILE + PART.format("colour", "", "red") + "--b--", "colour"),
        (
            "multipart/form-data; boundary=b",
            FILE + (PART.format("item_id", "", "a") * 2) + "--b--",
            "item_id",
        ),
        ("multipart/form-data; boundary=b", FILE, "file"),
        ("multipart/form-data; boundary=b", FILE[:-2], "file"),
        ("multipart/form-data; boundary=b", FILE + "--b", "file"),
        ("multipart/form-data; boundary=b", FILE + "--b-", "file"),
        ("multipart/form-data; boundary=b", LONG_HEADER + "--b--", "file"),
        ("multipart/form-data; boundary=b", MANY_HEADERS + "--b--", "file"),
    ],
)
async def test_what_is_no_upload_is_refused_by_field(
    service: Service, bureau: Bureau, folder: Path, kind: str, body: str, field: str
) -> None:
    anna, before = await hire(service, bureau), files_in(folder)
    uploading = anna.sending(content_type=kind)
    answer = await uploading.call("POST", f"/v1/cases/{uuid7()}/files", content=body.encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert files_in(folder) == before


async def test_who_is_not_logged_in_streams_nothing(service: Service) -> None:
    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("read")
        yield b""

    nobody = Caller(service.client).sending(content_type="multipart/form-data; boundary=b")
    answer = await nobody.call("POST", f"/v1/cases/{uuid7()}/files", content=body())
    assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")


async def test_the_same_key_adds_one_file(service: Service, anna: Colleague, folder: Path) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    before, again = files_in(folder), anna.sending(idempotency_key="file-1")
    answers: list[Any] = [await upload(again, case) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(files_in(folder) - before) == 1


async def test_another_file_of_the_same_length_is_not_taken_for_the_first(
    service: Service, anna: Colleague, folder: Path
) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    again = anna.sending(idempotency_key=str(uuid7()))
    first = await upload(again, case)
    before = files_in(folder)
    for content, name in ((PDF[:-1] + b"x", "årsredovisning 2026.pdf"), (PDF, "årsredovisning 2025.pdf")):
        other = await upload(again, case, content, name=name)
        assert refusal(other) == (422, "idempotency_key_reused")
    assert (await upload(again, case)).json() == first.json()
    assert files_in(folder) == before
