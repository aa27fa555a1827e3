from typing import Any

import pytest

from shared.clock import utcnow
from shared.events.identity import CustomerChanged
from shared.events.invitations import InvitationSent
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.invitations import invite, register_customer
from tests.factories.records import Bureau, Employee
from tests.factories.service import Service


async def test_a_batch_returns_each_ones_result(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    ready, foreign = await register_customer(service, bureau), await register_customer(service, other_bureau)
    unready = await register_customer(service, bureau, failing_points=["email_missing"])
    invited = await register_customer(service, bureau)
    earlier = await invite(admin, invited)
    wanted = [ready, unready, invited, foreign, ready]
    ids = [str(each.customer_id) for each in wanted]
    response = await admin.post("/v1/invitations/batch", {"customer_ids": ids})
    assert response.status_code == 202
    batch: dict[str, Any] = response.json()
    assert (batch["total"], batch["done"], batch["sent"], batch["refused"]) == (4, 4, 1, 3)
    first, second, third, fourth = batch["results"]
    assert (first["status"], first["number"], first["code"]) == ("sent", ready.number, None)
    assert (second["code"], second["points"]) == ("customer_not_ready", ["email_missing"])
    assert (third["code"], third["invitation_id"]) == ("already_invited", earlier["id"])
    assert (fourth["code"], fourth["name"]) == ("not_found", None)
    assert (await admin.get(f"/v1/invitations/batch/{batch['id']}")).json() == batch
    assert (await other_admin.get(f"/v1/invitations/batch/{batch['id']}")).status_code == 404
    assert len(await service.published(InvitationSent, bureau_id=bureau.id)) == 2


@pytest.mark.parametrize("body", [{"customer_ids": "all_ready"}, {"all_ready": True}])
async def test_all_that_are_ready_are_invited(
    service: Service, bureau: Bureau, admin: Caller, body: dict[str, Any]
) -> None:
    employee_id = uuid7()
    own = await register_customer(service, bureau, responsible_id=employee_id)
    other = await register_customer(service, bureau)
    await register_customer(service, bureau, active=False)
    await register_customer(service, bureau, failing_points=["address_incomplete"], main_contact=None)
    await invite(admin, await register_customer(service, bureau))
    limited = service.caller(
        Employee(bureau.id, employee_id=employee_id, customers="limited", maintenance="none")
    )
    first = (await limited.post("/v1/invitations/batch", body)).json()
    assert [each["customer_id"] for each in first["results"]] == [str(own.customer_id)]
    second = (await admin.post("/v1/invitations/batch", body)).json()
    assert [each["customer_id"] for each in second["results"]] == [str(other.customer_id)]
    assert (await admin.post("/v1/invitations/batch", body)).json()["total"] == 0


async def test_a_batch_of_ten_thousand(service: Service, bureau: Bureau, admin: Caller) -> None:
    first = await register_customer(service, bureau)
    customers = [event_of(CustomerChanged, first, sequence=1, customer_id=uuid7()) for _ in range(9_999)]
    for start in range(0, len(customers), 500):
        await service.deliver(*customers[start : start + 500])
    ids = [str(first.customer_id), *(str(each.customer_id) for each in customers)]
    began = utcnow()
    response = await admin.post("/v1/invitations/batch", {"customer_ids": ids})
    assert (utcnow() - began).total_seconds() < 30
    assert (response.status_code, response.json()["sent"]) == (202, 10_000)
    refused = await admin.post("/v1/invitations/batch", {"customer_ids": [*ids, str(uuid7())]})
    assert refused.status_code == 422


@pytest.mark.parametrize("body", [{}, {"customer_ids": [], "all_ready": True}, {"customer_ids": "all"}])
async def test_a_batch_names_its_customers(admin: Caller, body: dict[str, Any]) -> None:
    assert (await admin.post("/v1/invitations/batch", body)).status_code == 422
