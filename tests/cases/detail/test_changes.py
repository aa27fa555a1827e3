"""Changing what a case says."""

from typing import Any

import httpx

from tests.factories.cases import Colleague, collaborate, open_case, post
from tests.factories.service import Service


async def test_changing_takes_the_version_seen_and_never_alters_what_was_sent(
    service: Service, anna: Colleague
) -> None:
    draft = await open_case(anna, await collaborate(service, anna), send=False)
    url = f"/v1/cases/{draft['id']}"

    async def change(version: Any, **body: object) -> httpx.Response:
        return await anna.call("PATCH", url, json=body, version=version)

    assert (await change(None, subject="Nytt")).status_code == 428
    changed = await change(1, subject="Nytt", due_on="2030-01-01")
    assert (changed.json()["subject"], changed.headers["etag"]) == ("Nytt", '"2"')
    assert (await change(1, subject="Igen")).status_code == 412
    await post(anna, draft, "send")
    assert (await change("*", body="Annat")).json()["code"] == "not_a_draft"
    moved = await change("*", due_on=None, labels=["bokslut"])
    assert (moved.json()["due_on"], moved.json()["labels"]) == (None, ["bokslut"])
