"""Changing what a case says."""

import httpx

from tests.cases.factories import World


async def test_changing_takes_the_version_seen_and_never_alters_what_was_sent(world: World) -> None:
    anna = await world.employee()
    draft = await world.case(anna, await world.customer(anna), send=False)
    url = f"/v1/cases/{draft['id']}"

    async def change(headers: dict[str, str], **body: object) -> httpx.Response:
        return await world.client.patch(url, json=body, headers=anna.headers | headers)

    assert (await change({}, subject="Nytt")).status_code == 428
    changed = await change({"If-Match": '"1"'}, subject="Nytt", due_on="2030-01-01")
    assert (changed.json()["subject"], changed.headers["etag"]) == ("Nytt", '"2"')
    assert (await change({"If-Match": '"1"'}, subject="Igen")).status_code == 412
    await world.post(draft, "send", anna.headers)
    assert (await change({"If-Match": "*"}, body="Annat")).json()["code"] == "not_a_draft"
    moved = await change({"If-Match": "*"}, due_on=None, labels=["bokslut"])
    assert (moved.json()["due_on"], moved.json()["labels"]) == (None, ["bokslut"])
