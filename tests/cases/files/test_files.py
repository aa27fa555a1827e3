import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.ids import uuid7
from tests.cases.conftest import World
from tests.cases.files.conftest import PDF, stored, upload

SHA256 = hashlib.sha256(PDF).hexdigest()


async def test_a_file_goes_up_and_comes_down_unchanged(world: World, folder: Path) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case = await world.case(anna, customer)
    before = stored(folder)
    answer = await upload(world, case, anna.headers)
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert (file["name"], file["size"], file["sha256"]) == ("årsredovisning 2026.pdf", len(PDF), SHA256)
    assert (file["content_type"], file["side"]) == ("application/pdf", "bureau")
    for reader in (anna.headers, customer.people[0].headers):
        got = await world.client.get(f"/v1/files/{file['id']}", headers=reader)
        assert (got.status_code, got.content) == (200, PDF)
        listed = await world.client.get(f"/v1/cases/{case['id']}/files", headers=reader)
        assert listed.json() == {"items": [file], "next": None}
    (kept,) = stored(folder) - before
    assert (kept.read_bytes(), "redovisning" in kept.name) == (PDF, False)


async def test_a_browser_never_shows_it_as_a_page_of_ours(world: World) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    page = b"<html><script>alert(1)</script></html>"
    file = (await upload(world, case, anna.headers, page, name="sida å.html")).json()
    got = await world.client.get(f"/v1/files/{file['id']}", headers=anna.headers)
    assert got.headers["Content-Type"].startswith("text/plain")
    assert got.headers["Content-Disposition"] == "attachment; filename*=utf-8''sida%20%C3%A5.html.txt"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    digest = base64.b64encode(hashlib.sha256(page).digest()).decode()
    assert got.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert got.headers["ETag"] == f'"{file["sha256"]}"'


@pytest.mark.parametrize(
    ("wanted", "start", "end"), [("bytes=0-99", 0, 100), ("bytes=5000-", 5000, None), ("bytes=-7", -7, None)]
)
async def test_a_part_of_a_file(world: World, wanted: str, start: int, end: int | None) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    url = f"/v1/files/{(await upload(world, case, anna.headers)).json()['id']}"
    got = await world.client.get(url, headers=anna.headers | {"Range": wanted})
    assert (got.status_code, got.content) == (206, PDF[start:end])
    assert got.headers["Content-Range"].endswith(f"/{len(PDF)}")
    beyond = await world.client.get(url, headers=anna.headers | {"Range": "bytes=999999-"})
    assert beyond.status_code == 416


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


async def test_drafts_are_the_bureaus(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case, karin = await world.case(anna, customer, send=False), customer.people[0]
    file = (await upload(world, case, anna.headers)).json()
    assert (await world.client.get(f"/v1/files/{file['id']}", headers=karin.headers)).status_code == 404
    assert (await upload(world, case, karin.headers)).status_code == 404
    await world.post(case, "send", anna.headers)
    assert (await world.client.get(f"/v1/files/{file['id']}", headers=karin.headers)).status_code == 200


async def test_a_cancelled_case_takes_no_files(world: World, folder: Path) -> None:
    anna = await world.employee()
    case = await world.case(anna, await world.customer(anna))
    await world.post(case, "cancel", anna.headers)
    before = stored(folder)
    answer = await upload(world, case, anna.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "case_not_open")
    assert stored(folder) == before


async def test_strangers_find_no_file_and_add_none(world: World, other_world: World, folder: Path) -> None:
    anna, eva = await world.employee(), await other_world.employee("Eva Dal")
    customer = await world.customer(anna)
    case = await world.case(anna, customer)
    file = (await upload(world, case, anna.headers)).json()
    stranger = (await other_world.customer(eva)).people[0]
    neighbour = (await world.customer(anna)).people[0]
    colleague = await world.person(customer, name="Nils Berg")
    before = stored(folder)
    for headers in (eva.headers, stranger.headers, neighbour.headers, colleague.headers):
        answers = [
            await world.client.get(f"/v1/files/{file['id']}", headers=headers),
            await world.client.get(f"/v1/cases/{case['id']}/files", headers=headers),
            await upload(world, case, headers),
        ]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 3
    assert stored(folder) == before
    listed = await world.client.get(f"/v1/cases/{case['id']}/files", headers=anna.headers)
    assert listed.json()["items"] == [file]


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
