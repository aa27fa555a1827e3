"""`arende audit verify`, as an operator runs it."""

import os
import subprocess
import sys

from sqlalchemy import text

from services.cases.settings import Settings
from services.embedded.installation import environment
from shared.db import Database
from tests.cases.conftest import World


def verify(settings: Settings) -> "subprocess.CompletedProcess[str]":
    own = settings.model_dump(mode="json", exclude={"link_secret", "service"}, exclude_none=True)
    variables = environment({**own, "link_secret": settings.link_secret.get_secret_value()})
    return subprocess.run(
        [sys.executable, "-m", "services.cli", "audit", "verify"],
        env={**os.environ, **variables, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_an_altered_entry_is_named(world: World, owner_of_cases: str, cases_settings: Settings) -> None:
    anna = await world.employee()
    customer = await world.customer(anna)
    case, whole = await world.case(anna, customer), await world.case(anna, customer)
    owner = Database(owner_of_cases, name="owner", pool=1)
    async with owner.transaction(bureau_id=world.bureau_id) as session:
        harm = "update timeline set action = 'resolved' where case_id = :id and position = 2"
        await session.execute(text(harm), {"id": case["id"]})
    found = verify(cases_settings)
    async with owner.transaction(bureau_id=world.bureau_id) as session:
        mend = "update timeline set action = 'sent' where case_id = :id and position = 2"
        await session.execute(text(mend), {"id": case["id"]})
    await owner.close()
    assert found.returncode == 1
    assert f"{case['number']} ({case['id']}): entry 2" in found.stdout
    assert whole["id"] not in found.stdout
    assert case["id"] not in verify(cases_settings).stdout
