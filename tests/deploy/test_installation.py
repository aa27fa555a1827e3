"""Ten processes work together, each with nothing but its own settings file."""

import httpx
import pytest

from arende.registry import SERVICES
from tests.conftest import eventually
from tests.deploy.installed import Installed

# Before the test, ten jobs run and ten processes start.
pytestmark = pytest.mark.timeout(900)


async def test_somebody_signs_up_and_every_service_learns_of_it(installed: Installed) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        bearer = await installed.sign_up(http, email="astrid@bureau.example", number="556036-0793")

        async def cases_are_shown() -> bool:
            found = await http.get(f"{installed.api('cases')}/v1/cases", headers=bearer)
            return found.status_code == 200

        await eventually(cases_are_shown, seconds=30)
    await installed.settled()
    for service in SERVICES:
        if service != "identity":
            assert await installed.rows(service, "select 1 from inbox limit 1"), service
