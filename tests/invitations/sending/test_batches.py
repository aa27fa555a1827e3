from typing import Any

import pytest

from shared.clock import utcnow
from shared.events.invitations import (
    InvitationSent,
)
from shared.ids import uuid7
from tests.invitations.factories import BureauUnderTest, changed


async def test_a_batch_returns_each_ones_result(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    ready, foreign = await bureau.has_customer(), await other_bureau.has_customer()
    unready = await bureau.has_customer(failing_points=["email_missing"])
    invited = await bureau.has_customer()
    earlier = await bureau.invites(invited)
    wanted = [ready, unready, invited, foreign, ready]
    ids = [str(each.customer_id) for each in wanted]
    response = await bureau.post("/invitations/batch", {"customer_ids": ids})
    assert response.status_code == 202
    batch: dict[str, Any] = response.json()
    assert (batch["total"], batch["done"], batch["sent"], batch["refused"]) == (4, 4, 1, 3)
    first, second, third, fourth = batch["results"]
    assert (first["status"], first["number"], first["code"]) == ("sent", ready.number, None)
    assert (second["code"], second["points"]) == ("customer_not_ready", ["email_missing"])
    assert (third["code"], third["invitation_id"]) == ("already_invited", earlier["id"])
    assert (fourth["code"], fourth["name"]) == ("not_found", None)
    assert (await bureau.get(f"/invitations/batch/{batch['id']}")).json() == batch
    stranger = other_bureau.employee()
    assert (await bureau.get(f"/invitations/batch/{batch['id']}", by=stranger)).status_code == 404
    assert len(await bureau.published(InvitationSent)) == 2


@pytest.mark.parametrize("body", [{"customer_ids": "all_ready"}, {"all_ready": True}])
async def test_all_that_are_ready_are_invited(bureau: BureauUnderTest, body: dict[str, Any]) -> None:
    employee_id = uuid7()
    own = await bureau.has_customer(responsible_id=employee_id)
    other = await bureau.has_customer()
    await bureau.has_customer(active=False)
    await bureau.has_customer(failing_points=["address_incomplete"], main_contact=None)
    await bureau.invites(await bureau.has_customer())
    limited = bureau.employee(employee_id=employee_id, customers="limited", maintenance="none")
    first = (await bureau.post("/invitations/batch", body, by=limited)).json()
    assert [each["customer_id"] for each in first["results"]] == [str(own.customer_id)]
    second = (await bureau.post("/invitations/batch", body)).json()
    assert [each["customer_id"] for each in second["results"]] == [str(other.customer_id)]
    assert (await bureau.post("/invitations/batch", body)).json()["total"] == 0


async def test_a_batch_of_ten_thousand(bureau: BureauUnderTest) -> None:
    first = await bureau.has_customer()
    customers = [changed(first, customer_id=uuid7(), sequence=1) for _ in range(9_999)]
    for start in range(0, len(customers), 500):
        await bureau.hear("track-customer", *customers[start : start + 500])
    ids = [str(each.customer_id) for each in (first, *customers)]
    began = utcnow()
    response = await bureau.post("/invitations/batch", {"customer_ids": ids})
    assert (utcnow() - began).total_seconds() < 30
    assert (response.status_code, response.json()["sent"]) == (202, 10_000)
    refused = await bureau.post("/invitations/batch", {"customer_ids": [*ids, str(uuid7())]})
    assert refused.status_code == 422


@pytest.mark.parametrize("body", [{}, {"customer_ids": [], "all_ready": True}, {"customer_ids": "all"}])
async def test_a_batch_names_its_customers(bureau: BureauUnderTest, body: dict[str, Any]) -> None:
    assert (await bureau.post("/invitations/batch", body)).status_code == 422
