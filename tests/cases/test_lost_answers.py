"""The API dies between its commit and its answer, and the client sends the request with its key again."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from services.cases.settings import Settings
from shared.ids import uuid7
from tests.cases.writes import (
    World,
    answer_item,
    assign_case,
    correct_message,
    post_message,
    remove_template,
)
from tests.factories.repeats import Write, contents

# The API as it is shipped answers one request, which is the words of the last argument.
ANSWER_ONE = """
import asyncio, json, sys
import httpx
from services.cases.main import api
from services.cases.settings import Settings
from shared.settings import read_settings

async def main():
    transport = httpx.ASGITransport(app=api(read_settings(Settings)))
    async with httpx.AsyncClient(transport=transport, base_url="http://arende.test") as client:
        await client.request(**json.loads(sys.argv[1]))

asyncio.run(main())
"""


async def dies_after_commit(settings: Settings, write: Write, key: str) -> None:
    seen = {} if write.version is None else {"If-Match": f'"{write.version}"'}
    headers = {**write.by.headers, **seen, "Idempotency-Key": key}
    request = {"method": write.method, "url": write.path, "json": write.body, "headers": headers}
    variables = {
        "ARENDE_ENVIRONMENT": "test",
        "ARENDE_DATABASE_URL": settings.database_url or "",
        "ARENDE_JWKS_FILE": str(settings.jwks_file),
        "ARENDE_ISSUER": settings.issuer,
        "ARENDE_FILES_FOLDER": str(settings.files_folder),
        "ARENDE_KILL_POINT": "after-commit",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ANSWER_ONE, json.dumps(request)), env=variables
    )
    assert await process.wait() == 137


async def change_seen_version(world: World) -> Write:
    case = await world.case()
    body = {"priority": "high"}
    return Write(world.anna, "PATCH", f"/v1/cases/{case['id']}", body, version=case["version"])


@pytest.mark.parametrize(
    "prepare", [post_message, answer_item, assign_case, correct_message, change_seen_version, remove_template]
)
async def test_one_effect_and_its_answer(settings: Settings, world: World, prepare: Any) -> None:
    write, key = await prepare(world), str(uuid7())
    before = await contents(world.service, world.bureau.id)
    await dies_after_commit(settings, write, key)
    done = await contents(world.service, world.bureau.id)
    assert done != before
    answer = await write.send(idempotency_key=key)
    assert answer.is_success, answer.text
    assert answer.headers["idempotency-replayed"] == "true"
    assert await contents(world.service, world.bureau.id) == done
