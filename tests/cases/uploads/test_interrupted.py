"""What is left of an upload that a crash or a failing commit has ended, and what becomes of it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from services.cases.main import api
from services.cases.settings import Settings
from services.cases.uploads.jobs import UNDECIDED, settle_interrupted
from shared.clock import utcnow
from shared.http.serving import serving
from tests.conftest import eventually
from tests.factories.cases import PDF, Colleague, Counterpart, files_in, open_case, upload
from tests.factories.service import Service

# Adds a file to a case through an API whose process ends at the point that is armed.
CRASH = """
import asyncio, json, os, httpx
from services.cases.main import api
from services.cases.settings import Settings
from shared.settings import read_settings
from tests.factories.cases import PDF

async def add(path, headers):
    app = api(read_settings(Settings))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
        await client.post(path, headers=headers, files={"file": ("a.pdf", PDF, "application/pdf")})

asyncio.run(add(os.environ["CALLED"], json.loads(os.environ["HEADERS"])))
"""


async def crash_at(point: str, settings: Settings, by: Colleague, case: dict[str, Any]) -> None:
    environment = {
        "ARENDE_ENVIRONMENT": "test",
        "ARENDE_DATABASE_URL": settings.database_url,
        "ARENDE_WORKER_DATABASE_URL": settings.worker_database_url,
        "ARENDE_JWKS_FILE": str(settings.jwks_file),
        "ARENDE_FILES_FOLDER": str(settings.files_folder),
        "ARENDE_ISSUER": settings.issuer,
        "ARENDE_KILL_POINT": point,
        "CALLED": f"/v1/cases/{case['id']}/files",
        "HEADERS": json.dumps(by.headers),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", CRASH, env=environment)
    assert await process.wait() == 137


async def settle(service: Service, folder: Path) -> None:
    await settle_interrupted(service.database, folder=folder)


def grow_old(paths: set[Path]) -> None:
    """As if nothing had been written to them for longer than any request lasts."""
    long_ago = (utcnow() - UNDECIDED - timedelta(minutes=1)).timestamp()
    for path in paths:
        os.utime(path, (long_ago, long_ago))


async def list_files(by: Colleague, case: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await by.read(f"/v1/cases/{case['id']}/files"))["items"]
    return items


@pytest.mark.parametrize("point", ["upload-received", "upload-claimed"])
async def test_what_was_never_committed_is_removed_once_it_is_old(
    service: Service, settings: Settings, anna: Colleague, customer: Counterpart, folder: Path, point: str
) -> None:
    case, before = await open_case(anna, customer), files_in(folder)
    await crash_at(point, settings, anna, case)
    left = files_in(folder) - before
    assert sorted(path.read_bytes() for path in left) == [b"", PDF]
    await settle(service, folder)
    assert files_in(folder) - before == left
    grow_old(left)
    await settle(service, folder)
    assert files_in(folder) == before
    assert await list_files(anna, case) == []


async def test_what_was_committed_is_kept_for_ever(
    service: Service, settings: Settings, anna: Colleague, customer: Counterpart, folder: Path
) -> None:
    case, before = await open_case(anna, customer), files_in(folder)
    await crash_at("after-commit", settings, anna, case)
    left = files_in(folder) - before
    grow_old(left)
    await settle(service, folder)
    (kept,) = files_in(folder) - before
    assert kept.read_bytes() == PDF
    (file,) = await list_files(anna, case)
    assert (await anna.get(f"/v1/files/{file['id']}")).content == PDF
    await settle(service, folder)
    assert files_in(folder) - before == {kept}


@pytest.fixture
async def refusing_commits(owner_url: str) -> AsyncIterator[None]:
    """The database finds out at the commit alone that a file can't be added."""
    owner = await asyncpg.connect(owner_url.replace("+asyncpg", ""))
    await owner.execute(
        "create function refuse() returns trigger language plpgsql as $$begin raise 'no'; end$$;"
        "create constraint trigger refuse after insert on files deferrable initially deferred"
        " for each row execute function refuse()"
    )
    yield
    await owner.execute("drop function refuse cascade")
    await owner.close()


@pytest.mark.usefixtures("refusing_commits")
async def test_a_commit_that_fails_leaves_the_content_to_the_job(
    service: Service, anna: Colleague, customer: Counterpart, folder: Path
) -> None:
    case, before = await open_case(anna, customer), files_in(folder)
    assert (await upload(anna, case)).status_code == 500
    left = files_in(folder) - before
    grow_old(left)
    await settle(service, folder)
    assert files_in(folder) == before


async def test_an_upload_that_still_grows_is_left_alone(service: Service, folder: Path) -> None:
    """Its mark is as old as its beginning."""
    mark, content = folder / "incoming" / "ab00", folder / "ab" / "ab00"
    for path in (mark, content):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    grow_old({mark})
    await settle(service, folder)
    assert (mark.exists(), content.exists()) == (True, True)
    grow_old({content})
    await settle(service, folder)
    assert (mark.exists(), content.exists()) == (False, False)


async def test_who_hangs_up_leaves_nothing(
    settings: Settings, anna: Colleague, customer: Counterpart, folder: Path
) -> None:
    case, before = await open_case(anna, customer), files_in(folder)

    async def left() -> int:
        return len(files_in(folder) - before)

    async def begun() -> bool:
        return await left() == 2

    async def gone() -> bool:
        return await left() == 0

    async def body() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        yield b"a" * (2 << 20)
        await eventually(begun)
        raise ConnectionResetError

    async with (
        serving(api(settings), host="127.0.0.1", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        uploading = replace(anna, client=client).sending(content_type="multipart/form-data; boundary=b")
        with pytest.raises(ConnectionResetError):
            await uploading.call("POST", f"/v1/cases/{case['id']}/files", content=body())
        await eventually(gone)


async def test_an_upload_that_went_well_leaves_no_mark(
    anna: Colleague, customer: Counterpart, folder: Path
) -> None:
    case, before = await open_case(anna, customer), files_in(folder)
    assert (await upload(anna, case)).status_code == 201
    (kept,) = files_in(folder) - before
    assert kept.parent.name == kept.name[:2]
