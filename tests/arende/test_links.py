"""Links in mails lead to a page, also where there is no web gateway."""

import httpx
import pytest
from fastapi import FastAPI

from arende.local.landing import landing_pages
from services.notifications.mails.message import PATHS
from shared.ids import uuid7


@pytest.mark.parametrize("purpose", PATHS)
async def test_each_link_of_a_mail_leads_to_a_page(purpose: str) -> None:
    app = FastAPI()
    app.include_router(landing_pages())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://arende.test"
    ) as client:
        assert (await client.get(PATHS[purpose].format(uuid7()))).status_code == 200
