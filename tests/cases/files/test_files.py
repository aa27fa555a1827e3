"""Files as they come down again, and to whom."""

import base64
import hashlib
from pathlib import Path

import pytest

from tests.cases.factories import PDF, World, stored, upload

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


async def test_drafts_are_the_bureaus(world: World) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case, karin = await world.case(anna, customer, send=False), customer.people[0]
    file = (await upload(world, case, anna.headers)).json()
    assert (await world.client.get(f"/v1/files/{file['id']}", headers=karin.headers)).status_code == 404
    assert (await upload(world, case, karin.headers)).status_code == 404
    await world.post(case, "send", anna.headers)
    assert (await world.client.get(f"/v1/files/{file['id']}", headers=karin.headers)).status_code == 200


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
