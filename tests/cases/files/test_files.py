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
    assert answer.headers["Location"] == f"/v1/files/{file['id']}"
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


@pytest.fixture
async def url(service: Service, anna: Colleague) -> str:
    """Of a file that Anna has added."""
    case = await open_case(anna, await collaborate(service, anna))
    return f"/v1/files/{(await upload(anna, case)).json()['id']}"


@pytest.mark.parametrize("wanted", ["bytes=999999-", "bytes=-0", "bytes=9-2", "bytes=x-y", "bytes="])
async def test_a_range_without_a_byte_of_the_file_is_refused(anna: Colleague, url: str, wanted: str) -> None:
    refused = await anna.sending(range=wanted).get(url)
    assert (refused.status_code, refused.json()["code"]) == (416, "range_not_satisfiable")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Content-Range"] == f"bytes */{len(PDF)}"


async def test_a_range_of_another_unit_is_ignored(anna: Colleague, url: str) -> None:
    got = await anna.sending(range="pages=1-2").get(url)
    assert (got.status_code, got.content) == (200, PDF)


async def test_a_part_is_sent_only_of_the_content_that_the_client_has_begun(
    anna: Colleague, url: str
) -> None:
    resuming = anna.sending(range="bytes=0-99")
    same = await resuming.sending(if_range=f'"{SHA256}"').get(url)
    other = await resuming.sending(if_range='"other"').get(url)
    weak = await resuming.sending(if_range=f'W/"{SHA256}"').get(url)
    assert (same.status_code, same.content) == (206, PDF[:100])
    assert [(each.status_code, each.content) for each in (other, weak)] == [(200, PDF)] * 2


@pytest.mark.parametrize("tags", [f'"{SHA256}"', f'W/"{SHA256}"', f'"a", "{SHA256}"', "*"])
async def test_who_has_the_content_is_not_sent_it_again(anna: Colleague, url: str, tags: str) -> None:
    got = await anna.sending(if_none_match=tags, range="bytes=999999-").get(url)
    assert (got.status_code, got.content, got.headers["ETag"]) == (304, b"", f'"{SHA256}"')
    assert got.headers["Cache-Control"] == "private, no-cache"


async def test_what_the_client_has_may_be_another_content(
    service: Service, other_bureau: Bureau, anna: Colleague, url: str
) -> None:
    got = await anna.sending(if_none_match='"other"').get(url)
    assert (got.status_code, got.content) == (200, PDF)
    eva = await hire(service, other_bureau, "Eva Dal")
    assert (await eva.sending(if_none_match="*").get(url)).status_code == 404


async def test_the_head_of_a_file_has_its_size_and_no_range(anna: Colleague, url: str) -> None:
    whole = await anna.get(url)
    head = await anna.sending(range="bytes=0-9").call("HEAD", url)
    assert (head.status_code, head.content, head.headers) == (200, b"", whole.headers)


async def test_drafts_are_the_bureaus(anna: Colleague, customer: Counterpart, karin: Participant) -> None:
    case = await open_case(anna, customer, send=False)
    file = (await upload(anna, case)).json()
    assert (await karin.get(f"/v1/files/{file['id']}")).status_code == 404
    assert (await upload(karin, case)).status_code == 404
    await post(anna, case, "send")
    assert (await karin.get(f"/v1/files/{file['id']}")).status_code == 200


async def test_when_the_bureau_worked_on_a_draft_is_not_told(
    anna: Colleague, customer: Counterpart, karin: Participant
) -> None:
    case = await open_case(anna, customer, send=False)
    file = (await upload(anna, case)).json()
    sent_at = (await post(anna, case, "send")).json()["sent_at"]
    later = (await upload(anna, case, name="senare.pdf")).json()
    shown = (await karin.read(f"/v1/cases/{case['id']}/files"))["items"]
    assert [each["added_at"] for each in shown] == [sent_at, later["added_at"]]
    whole = (await anna.read(f"/v1/cases/{case['id']}/files"))["items"]
    assert [each["added_at"] for each in whole] == [file["added_at"], later["added_at"]]
    got = await karin.get(f"/v1/files/{file['id']}")
    part = await karin.sending(range="bytes=0-1").get(f"/v1/files/{file['id']}")
    assert ["last-modified" in each.headers for each in (got, part)] == [False, False]


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
