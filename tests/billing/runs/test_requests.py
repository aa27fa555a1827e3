"""Runs that an operator asks for."""

import asyncio

from services.billing.runs.jobs import run_billing
from tests.factories.callers import Caller
from tests.factories.records import Bureau
from tests.factories.service import Service
from tests.factories.subscriptions import add_subscription, invoices, register_customers


async def test_an_operator_starts_a_run_and_reads_its_result(
    service: Service, bureau: Bureau, admin: Caller, operator: Caller
) -> None:
    await register_customers(service, bureau, 2)
    await add_subscription(service, bureau, "2024-05-01", "2024-05-31")
    started = await operator.post("/v1/billing-runs", {"month": "2024-05"})
    assert (started.status_code, started.json()["status"]) == (201, "queued")
    path = f"/v1/billing-runs/{started.json()['id']}"
    assert (await operator.get(path)).json()["status"] == "queued"
    await asyncio.gather(*(run_billing(service.database, batch=10) for _ in range(2)))
    finished = (await operator.get(path)).json()
    assert (finished["status"], finished["invoices"], finished["counted"]) == ("finished", 1, 1)
    [invoice] = await invoices(admin)
    [item] = finished["items"]
    assert (item["bureau_id"], item["invoice_id"]) == (str(bureau.id), invoice["id"])
    assert finished["total"] == invoice["total"]


async def test_only_operators_run_billing(admin: Caller) -> None:
    refused = await admin.post("/v1/billing-runs", {"month": "2024-05"})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_hat")


async def test_a_month_has_one_name(operator: Caller) -> None:
    """`\\d` would take the digits of other scripts, and so a second run of the same month."""
    refused = await operator.post("/v1/billing-runs", {"month": "20٢٤-05"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "month")
