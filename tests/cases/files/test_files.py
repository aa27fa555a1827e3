"""Files as they come down again, and to whom."""

import base64
import hashlib
from pathlib import Path

import pytest

from tests.factories.cases import (
    PDF,
    Colleague,
    Counterpart,
    Participant,
    collaborate,
    files_in,
    hire,
    join,
    open_case,
    post,
    upload,
)
from tests.factories.records import Bureau
from tests.factories.service import Service

SHA256 = hashlib.sha256(PDF).hexdigest()


async def test_a_file_goes_up_and_comes_down_unchanged(
    anna: Colleague, customer: Counterpart, karin: Participant, folder: Path
) -> None:
    case = await open_case(anna, customer)
    before = files_in(folder)
    answer = await upload(anna, case)
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert (file["name"], file["size"], file["sha256"]) == ("årsredovisning 2026.pdf", len(PDF), SHA256)
    assert (file["content_type"], file["side"]) == ("application/pdf", "bureau")
    for reader in (anna, karin):
        got = await reader.get(f"/v1/files/{file['id']}")
        assert (got.status_code, got.content) == (200, PDF)
        listed = await reader.get(f"/v1/cases/{case['id']}/files")
        assert listed.json() == {"items": [file], "next": None}
    (kept,) = files_in(folder) - before
    assert (kept.read_bytes(), "redovisning" in kept.name) == (PDF, False)


async def test_a_browser_never_shows_it_as_a_page_of_ours(service: Service, anna: Colleague) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    page = b"<html><script>alert(1)</script></html>"
    file = (await upload(anna, case, page, name="sida å.html")).json()
    got = await anna.get(f"/v1/files/{file['id']}")
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
async def test_a_part_of_a_file(
    service: Service, anna: Colleague, wanted: str, start: int, end: int | None
) -> None:
    case = await open_case(anna, await collaborate(service, anna))
    url = f"/v1/files/{(await upload(anna, case)).json()['id']}"
    got = await anna.sending(range=wanted).get(url)
    assert (got.status_code, got.content) == (206, PDF[start:end])
    assert got.headers["Content-Range"].endswith(f"/{len(PDF)}")
    beyond = await anna.sending(range="bytes=999999-").get(url)
    assert beyond.status_code == 416


async def test_drafts_are_the_bureaus(anna: Colleague, customer: Counterpart, karin: Participant) -> None:
    case = await open_case(anna, customer, send=False)
    file = (await upload(anna, case)).json()
    assert (await karin.get(f"/v1/files/{file['id']}")).status_code == 404
    assert (await upload(karin, case)).status_code == 404
    await post(anna, case, "send")
    assert (await karin.get(f"/v1/files/{file['id']}")).status_code == 200


async def test_strangers_find_no_file_and_add_none(
    service: Service, other_bureau: Bureau, anna: Colleague, customer: Counterpart, folder: Path
) -> None:
    eva = await hire(service, other_bureau, "Eva Dal")
    case = await open_case(anna, customer)
    file = (await upload(anna, case)).json()
    stranger = (await collaborate(service, eva)).people[0]
    neighbour = (await collaborate(service, anna)).people[0]
    colleague = await join(service, customer, name="Nils Berg")
    before = files_in(folder)
    for each in (eva, stranger, neighbour, colleague):
        answers = [
            await each.get(f"/v1/files/{file['id']}"),
            await each.get(f"/v1/cases/{case['id']}/files"),
            await upload(each, case),
        ]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 3
    assert files_in(folder) == before
    listed = await anna.get(f"/v1/cases/{case['id']}/files")
    assert listed.json()["items"] == [file]
