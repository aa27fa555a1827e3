"""Runs that an operator asks for."""

import asyncio

import httpx

from services.billing.runs.jobs import run_billing
from tests.billing.factories import Bureau
from tests.conftest import Tokens


async def test_an_operator_starts_a_run_and_reads_its_result(
    bureau: Bureau, client: httpx.AsyncClient, tokens: Tokens
) -> None:
    await bureau.customers(2)
    await bureau.subscribed("2024-05-01", "2024-05-31")
    operator = tokens.operator()
    started = await client.post("/v1/billing-runs", json={"month": "2024-05"}, headers=operator)
    assert (started.status_code, started.json()["status"]) == (201, "queued")
    path = f"/v1/billing-runs/{started.json()['id']}"
    assert (await client.get(path, headers=operator)).json()["status"] == "queued"
    await asyncio.gather(*(run_billing(bureau.database, batch=10) for _ in range(2)))
    finished = (await client.get(path, headers=operator)).json()
    assert (finished["status"], finished["invoices"], finished["counted"]) == ("finished", 1, 1)
    [invoice] = await bureau.invoices()
    [item] = finished["items"]
    assert (item["bureau_id"], item["invoice_id"]) == (str(bureau.id), invoice["id"])
    assert finished["total"] == invoice["total"]


async def test_only_operators_run_billing(bureau: Bureau) -> None:
    refused = await bureau.post("/v1/billing-runs", {"month": "2024-05"})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_hat")
