"""`arende bureaus …`: an operator decides at the command line."""

import asyncio

from services.identity.settings import Settings
from shared.ids import uuid7
from tests.command import arende
from tests.factories.people import Person
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_a_bureau_is_listed_suspended_and_approved(
    service: Service, settings: Settings, bureau: Bureau, admin: Person
) -> None:
    async def run(*arguments: str) -> str:
        done = await asyncio.to_thread(arende, "bureaus", *arguments, settings=settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    suspended = await run("suspend", str(bureau.id))
    assert f"{bureau.id}  suspended  {bureau.name}  {bureau.organisation_number}" in suspended
    renamed = await admin.call("PATCH", f"/v1/bureaus/{bureau.id}", json={"name": "Nya AB"}, version="*")
    assert renamed.json()["status"] == "suspended"
    listed = await run("list", "--status", "suspended")
    assert f"Anna Ek <{bureau.email}>, verified; Storgatan 1, 111 22 Stockholm, SE" in listed
    assert f"others see it as {bureau.name} until it is approved again" in listed
    assert "Nya AB" in await run("approve", str(bureau.id))
    assert (await admin.read(f"/v1/bureaus/{bureau.id}"))["approved_name"] == "Nya AB"
    missing = await asyncio.to_thread(arende, "bureaus", "approve", str(uuid7()), settings=settings)
    assert (missing.returncode, missing.stderr) == (1, "arende: There is no such bureau.\n")
