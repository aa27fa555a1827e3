"""Files that are added to cases, and what becomes of those that are not taken."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.ids import uuid7
from tests.cases.factories import PDF, World, stored, upload

SHA256 = hashlib.sha256(PDF).hexdigest()


async def test_the_trail_and_the_event_hold_no_name(world: World) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    file = (await upload(world, case, anna.headers, name="191212121212.pdf")).json()
    timeline = (await world.client.get(f"/v1/cases/{case['id']}/timeline", headers=anna.headers)).json()
    entry = timeline["items"][-1]
    assert (entry["action"], entry["facts"]["sha256"]) == ("file_added", SHA256)
    event = (await world.events(case))[-1]
    assert (event.type, str(event.file_id)) == ("se.arende.file.added.v1", file["id"])
    assert "191212121212" not in str(timeline) + event.to_wire().decode()


async def test_news_for_the_other_side(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case, karin = await world.case(anna, customer), customer.people[0]
    await world.client.put(f"/v1/cases/{case['id']}/read", headers=anna.headers)
    await upload(world, case, karin.headers)
    assert (await world.get(case, anna.headers))["unread"]
    assert (await world.events(case))[-1].recipient_ids == [anna.user_id]


async def test_a_members_files_answer_an_item(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case, karin = (
        await world.case(anna, customer, type="document_request", items=["Utdrag"]),
        customer.people[0],
    )
    item = case["items"][0]["id"]
    file = (await upload(world, case, karin.headers, item_id=item)).json()
    assert (file["item_id"], file["side"]) == (item, "customer")
    url = f"/v1/cases/{case['id']}/items/{item}/answer"
    answered = await world.client.put(url, json={"file_ids": [file["id"]]}, headers=karin.headers)
    assert [each["id"] for each in answered.json()["items"][0]["files"]] == [file["id"]]
    unknown = await upload(world, case, karin.headers, item_id=str(uuid7()))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


async def test_a_new_document_voids_what_was_approved(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case, karin = await world.case(anna, customer, type="approval", send=False), customer.people[0]
    await upload(world, case, anna.headers)
    await world.post(case, "send", anna.headers)
    approved = await world.post(case, "approval", karin.headers, {"decision": "approve"})
    (approval,) = approved.json()["approvals"]
    assert [each["sha256"] for each in approval["document_hashes"]] == [SHA256]
    await upload(world, case, karin.headers)
    assert (await world.get(case, anna.headers))["status"] == "resolved"
    await upload(world, case, anna.headers, PDF + b"ny", name="ny.pdf")
    now = await world.get(case, anna.headers)
    assert now["status"] == "waiting_for_customer"
    assert sorted((each["state"], each["voided_at"] is None) for each in now["approvals"]) == [
        ("approved", False),
        ("pending", True),
    ]


async def test_a_cancelled_case_takes_no_files(world: World, folder: Path) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    await world.post(case, "cancel", anna.headers)
    before = stored(folder)
    answer = await upload(world, case, anna.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "case_not_open")
    assert stored(folder) == before


async def test_a_limited_employee_adds_only_for_its_customers(world: World, folder: Path) -> None:
    anna, bo = await world.employee(), await world.employee("Bo Alm", customers="limited")
    case = await world.case(anna, await world.customer(anna))
    before = stored(folder)
    answer = await upload(world, case, bo.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_customer")
    assert stored(folder) == before
    mine = await world.case(anna, await world.customer(bo))
    assert (await upload(world, mine, bo.headers)).status_code == 201


async def test_nothing_is_left_of_what_is_too_large(
    world: World, small: httpx.AsyncClient, folder: Path
) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    before = stored(folder)
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--limit\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        while True:
            taken += 4096
            yield b"a" * 4096

    streamed = await small.post(
        f"/v1/cases/{case['id']}/files",
        content=endless(),
        headers=anna.headers | {"Content-Type": "multipart/form-data; boundary=limit"},
    )
    announced = await upload(world, case, anna.headers, b"a" * 200_000, name="a.txt", client=small)
    slightly = await upload(world, case, anna.headers, b"a" * 20_001, name="a.txt", client=small)
    for answer in (streamed, announced, slightly):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert taken < 40_000
    assert stored(folder) == before
    exactly = await upload(world, case, anna.headers, b"a" * 20_000, name="a.txt", client=small)
    assert exactly.status_code == 201


async def test_a_disguised_program_is_refused(world: World, folder: Path) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    before, program = stored(folder), b"MZ\x90\x00\x03" + bytes(500)
    answer = await upload(world, case, anna.headers, program, name="faktura.pdf")
    assert (answer.status_code, answer.json()["code"]) == (415, "file_type_not_allowed")
    assert stored(folder) == before


PART = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'

FILE = PART.format("file", '; filename="a.txt"', "text")


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("application/json", "{}", "file"),
        ("multipart/form-data", FILE, "file"),
        ("multipart/form-data; boundary=b", "no form", "file"),
        ("multipart/form-data; boundary=b", "--b--\r\n", "file"),
        ("multipart/form-data; boundary=" + "b" * 999, FILE, "file"),
        ("multipart/form-data; boundary=b", PART.format("file", '; filename="a.txt"', "") + "--b--", "file"),
        ("multipart/form-data; boundary=b", FILE + FILE + "--b--", "file"),
        ("multipart/form-data; boundary=b", FILE + PART.format("item_id", "", "x") + "--b--", "item_id"),
        ("multipart/form-data; boundary=b", FILE + PART.format("item_id", "", "x" * 999), "item_id"),
        ("multipart/form-data; boundary=b", FILE + PART.format("colour", "", "red") + "--b--", "colour"),
    ],
)
async def test_what_is_no_upload_is_refused_by_field(
    world: World, folder: Path, kind: str, body: str, field: str
) -> None:
    anna, before = await world.employee(), stored(folder)
    headers = anna.headers | {"Content-Type": kind}
    answer = await world.client.post(f"/v1/cases/{uuid7()}/files", content=body.encode(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert stored(folder) == before


async def test_who_is_not_logged_in_streams_nothing(world: World) -> None:
    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("read")
        yield b""

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await world.client.post(f"/v1/cases/{uuid7()}/files", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")


async def test_the_same_key_adds_one_file(world: World, folder: Path) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    before, headers = stored(folder), anna.headers | {"Idempotency-Key": "file-1"}
    answers: list[Any] = [await upload(world, case, headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(stored(folder) - before) == 1
