from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.cases.main import api
from services.cases.settings import Settings
from tests.cases.conftest import Headers, World

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40


@pytest.fixture
def folder(cases_settings: Settings) -> Path:
    return cases_settings.files_folder


@pytest.fixture(scope="session")
async def small(
    common_settings: Any, cases_settings: Settings, client_of: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same service with a limit of 20,000 bytes a file."""
    settings = common_settings("cases", files_folder=cases_settings.files_folder, largest_file=20_000)
    async with client_of(api(Settings(**settings))) as client:
        yield client


async def upload(
    world: World,
    case: dict[str, Any],
    headers: Headers,
    content: bytes = PDF,
    *,
    name: str = "årsredovisning 2026.pdf",
    item_id: str | None = None,
    client: httpx.AsyncClient | None = None,
) -> httpx.Response:
    fields = {"item_id": item_id} if item_id else {}
    return await (client or world.client).post(
        f"/v1/cases/{case['id']}/files",
        files={"file": (name, content, "application/octet-stream")},
        data=fields,
        headers=headers,
    )


def stored(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}
