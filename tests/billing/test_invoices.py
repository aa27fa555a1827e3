import asyncio
import os
import subprocess
import sys
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select

from services.billing.invoices.tables import Invoice, ocr_reference
from services.billing.runs.commands import bill_month
from services.billing.runs.errors import TooEarly
from services.billing.runs.jobs import issue_invoices, run_billing
from services.billing.settings import Settings
from services.billing.usage.jobs import count_months
from shared.bus.consumer import Consumer
from shared.database.engine import Database
from shared.events.billing import InvoiceIssued
from tests.billing.factories import Bureau, customer, swedish
from tests.conftest import Tokens


async def bill(bureau: Bureau, month: str, at: str, **options: Any) -> Any:
    return await bill_month(bureau.database, month=month, dry_run=False, at=swedish(at), **options)


async def sequences(database: Database) -> list[int]:
    async with database.transaction() as session:
        return sorted(await session.scalars(select(Invoice.sequence)))


async def test_october_is_billed_at_the_end_of_november(bureau: Bureau) -> None:
    await bureau.registered()
    await bureau.customers(3)
    await bureau.subscribed("2021-10-31", "2021-10-31")
    with pytest.raises(TooEarly):
        await bill(bureau, "2021-10", "2021-11-29 23:59:59")
    await bill(bureau, "2021-10", "2021-11-30 00:00")
    [invoice] = await bureau.invoices()
    assert (invoice["month"], invoice["issued_on"], invoice["due_on"]) == (
        "2021-10",
        "2021-11-30",
        "2021-12-30",
    )
    money = {name: invoice[name]["amount"] for name in ("amount", "vat", "total")}
    assert money == {"amount": 8700, "vat": 2175, "total": 10875}
    assert invoice["ocr"] == ocr_reference(invoice["number"])
    assert invoice["buyer"]["name"] == "Nord Redovisning AB"
    [line] = invoice["lines"]
    assert line["description_sv"] == "Ärendehantering 2021-10, aktiva kunder"
    assert (line["quantity"], line["unit_price"]["amount"], line["amount"]["amount"]) == (3, 2900, 8700)
    [issued] = await bureau.published(InvoiceIssued)
    assert (str(issued.invoice_id), issued.number) == (invoice["id"], invoice["number"])
    assert (issued.quantity, issued.total, issued.sequence) == (3, 10875, 1)


async def test_a_rerun_issues_nothing(bureau: Bureau) -> None:
    await bureau.customers(1)
    await bureau.subscribed("2021-12-01", "2021-12-31")
    first = await bill(bureau, "2021-12", "2022-01-31 08:00")
    again = await bill(bureau, "2021-12", "2022-02-01 08:00")
    assert (first.invoices, again.invoices) == (1, 0)
    assert (again.counted, again.total, again.items) == (first.counted, first.total, first.items)
    assert len(await bureau.published(InvoiceIssued)) == 1


async def test_no_customers_give_no_invoice(bureau: Bureau) -> None:
    await bureau.subscribed("2022-02-01", "2022-02-28")
    result = await bill(bureau, "2022-02", "2022-03-31 08:00")
    assert (result.counted, result.invoices) == (1, 0)
    assert await bureau.invoices() == []
    [month] = (await bureau.read("/v1/usage"))["months"]
    assert month == {"month": "2022-02", "quantity": 0, "invoiced": False}


async def test_a_late_correction_is_a_line_on_the_next_invoice(bureau: Bureau) -> None:
    [first, second, _] = await bureau.customers(3)
    await bureau.subscribed("2022-03-01", "2022-06-30")
    await bill(bureau, "2022-03", "2022-04-30 08:00")
    await bureau.deactivate(first, "2022-03-31 23:59:59")
    await bill(bureau, "2022-04", "2022-05-31 08:00")
    [april, march] = await bureau.invoices()
    assert march["quantity"] == 3
    assert april["quantity"] == 2
    assert [(line["month"], line["quantity"]) for line in april["lines"]] == [("2022-04", 2), ("2022-03", -1)]
    assert april["lines"][1]["description_en"] == "Correction of the number of customers 2022-03"
    assert april["amount"]["amount"] == 2900
    # Corrected once: not again on the next, until something new is known.
    await bureau.deactivate(second, "2022-04-30 23:59:59")
    await bill(bureau, "2022-05", "2022-06-30 08:00")
    [may, *_] = await bureau.invoices()
    assert [(line["month"], line["quantity"]) for line in may["lines"]] == [("2022-05", 1), ("2022-04", -1)]
    assert may["total"]["amount"] == 0


async def test_a_count_stays_and_a_recount_tells_what_is_known_now(bureau: Bureau) -> None:
    [first, _] = await bureau.customers(2)
    await bureau.subscribed("2022-07-01", "2022-07-31")
    await bill(bureau, "2022-07", "2022-08-31 08:00")
    await bureau.deactivate(first, "2022-07-15 08:00")
    [counted] = (await bureau.read("/v1/usage"))["months"]
    assert (counted["quantity"], counted["invoiced"]) == (2, True)
    assert (await bureau.read("/v1/usage/2022-07"))["quantity"] == 1


async def test_a_month_keeps_the_price_it_was_counted_at(
    bureau: Bureau, client: httpx.AsyncClient, tokens: Tokens
) -> None:
    async def price(amount: int, valid_from: str, headers: dict[str, str]) -> httpx.Response:
        body = {"amount": {"amount": amount, "currency": "SEK"}, "valid_from": valid_from}
        return await client.put("/v1/prices", json=body, headers=headers)

    assert (await price(3100, "2098-01-01", tokens.employee(bureau.id))).status_code == 403
    assert (await price(0, "2098-01-01", tokens.operator())).status_code == 422
    first = (await price(3100, "2098-01-01", tokens.operator())).json()
    assert first["amount"] == {"amount": 3100, "currency": "SEK"}
    assert (await price(3100, "2098-01-01", tokens.operator())).json() == first
    second = (await price(3200, "2098-01-01", tokens.operator())).json()
    assert second["price_version"] > first["price_version"]
    assert (await bureau.read("/v1/subscription/quote"))["price_per_customer"]["amount"] == 2900


async def test_runs_at_the_same_time_leave_no_gap_and_no_double(
    bureau: Bureau, consumer: Consumer, client: httpx.AsyncClient, tokens: Tokens, settings: Settings
) -> None:
    bureaus = [Bureau(consumer, bureau.database, client, tokens) for _ in range(9)]
    for number, each in enumerate(bureaus):
        await each.customers(number)
        await each.subscribed("2023-01-15", "2023-01-31")
    second = Database(settings.worker_database_url, name="second")
    at = swedish("2023-02-28 00:00")
    runs = await asyncio.gather(
        *(
            bill_month(database, month="2023-01", dry_run=False, at=at, batch=2)
            for database in (bureau.database, second, bureau.database)
        )
    )
    await second.close()
    assert sum(run.invoices for run in runs) == 8
    assert [len(await each.invoices()) for each in bureaus] == [0] + [1] * 8
    numbers = await sequences(bureau.database)
    assert numbers == list(range(100001, 100001 + len(numbers)))


@pytest.mark.parametrize(
    ("point", "month", "due", "left"),
    [
        ("billing-before-commit", "2023-03", "2023-04-30", 0),
        ("billing-after-bureau", "2023-05", "2023-06-30", 1),
    ],
)
async def test_a_run_that_was_killed_is_taken_up_again(
    bureau: Bureau, other: Bureau, settings: Settings, point: str, month: str, due: str, left: int
) -> None:
    for each in (bureau, other):
        await each.customers(2)
        await each.subscribed(f"{month}-01", f"{month}-28")
    script = (
        "import asyncio, os; from datetime import datetime;"
        "from services.billing.runs.commands import bill_month;"
        "from shared.database.engine import Database; from shared.kill_points import arm;"
        "arm(os.environ['POINT']);"
        "asyncio.run(bill_month(Database(os.environ['URL'], name='killed'), month=os.environ['MONTH'],"
        " dry_run=False, at=datetime.fromisoformat(os.environ['AT']), batch=1))"
    )
    environment = {"POINT": point, "MONTH": month, "URL": settings.worker_database_url}
    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script],
        env={**os.environ, **environment, "AT": swedish(f"{due} 08:00").isoformat()},
        check=False,
    )
    assert run.returncode == 137
    assert len(await bureau.invoices()) + len(await other.invoices()) == left
    await bill(bureau, month, f"{due} 09:00")
    assert [len(await each.invoices()) for each in (bureau, other)] == [1, 1]
    assert [len(await each.published(InvoiceIssued)) for each in (bureau, other)] == [1, 1]
    numbers = await sequences(bureau.database)
    assert numbers == list(range(100001, 100001 + len(numbers)))


async def test_the_job_bills_what_is_due(bureau: Bureau) -> None:
    await bureau.customers(1)
    await bureau.subscribed("2023-07-20", "2023-08-31")
    await count_months(bureau.database)
    await issue_invoices(bureau.database, batch=1)
    assert [invoice["month"] for invoice in await bureau.invoices()] == ["2023-08", "2023-07"]


async def test_the_number_of_statements_does_not_follow_the_number_of_bureaus(
    bureau: Bureau, consumer: Consumer, client: httpx.AsyncClient, tokens: Tokens
) -> None:
    bureaus = [Bureau(consumer, bureau.database, client, tokens) for _ in range(200)]
    for each in bureaus:
        await each.subscribed("2024-01-01", "2024-01-31")
    for each in bureaus:
        # Every fifth is a private individual.
        kinds = ["private_individual" if number % 5 == 0 else "company" for number in range(50)]
        await each.tell(*(customer(each.id, "2023-12-01 12:00", kind=kind) for kind in kinds))
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    engine = bureau.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    result = await bill(bureau, "2024-01", "2024-02-29 00:00")
    event.remove(engine, "before_cursor_execute", note)
    assert (result.counted, result.invoices) == (200, 200)
    assert result.total == 200 * (40 * 2900 * 125 // 100)
    assert len(statements) <= 25, statements


async def test_a_dry_run_shows_what_would_be_and_leaves_nothing(
    bureau: Bureau, client: httpx.AsyncClient, tokens: Tokens
) -> None:
    await bureau.customers(2)
    await bureau.subscribed("2024-03-01", "2024-03-31")
    before = await sequences(bureau.database)
    at = swedish("2024-04-01 00:00")
    result = await bill_month(bureau.database, month="2024-03", dry_run=True, at=at)
    assert (result.dry_run, result.invoices, result.total) == (True, 1, 7250)
    assert [(item.bureau_id, item.quantity, item.number) for item in result.items] == [(bureau.id, 2, None)]
    assert await sequences(bureau.database) == before
    assert await bureau.invoices() == []
    assert (await bureau.read("/v1/usage"))["months"] == []
    started = await client.post(
        "/v1/billing-runs", json={"month": "2024-03", "dry_run": True}, headers=tokens.operator()
    )
    await run_billing(bureau.database, batch=10)
    shown = await client.get(f"/v1/billing-runs/{started.json()['id']}", headers=tokens.operator())
    assert shown.json()["items"] == [item.as_json() for item in result.items]
    assert await bureau.invoices() == []


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


async def test_a_month_that_is_not_due_is_too_early(client: httpx.AsyncClient, tokens: Tokens) -> None:
    for dry_run in (False, True):
        body = {"month": "2098-12", "dry_run": dry_run}
        refused = await client.post("/v1/billing-runs", json=body, headers=tokens.operator())
        assert (refused.status_code, refused.json()["code"]) == (409, "too_early")
        assert refused.json()["due_on"] == "2099-01-31"


async def test_only_operators_run_billing(bureau: Bureau) -> None:
    refused = await bureau.post("/v1/billing-runs", {"month": "2024-05"})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_hat")


async def test_the_bill_is_for_administrators_and_full_maintenance(bureau: Bureau, other: Bureau) -> None:
    await bureau.customers(1)
    await bureau.subscribed("2024-07-01", "2024-07-31")
    await bill(bureau, "2024-07", "2024-08-31 08:00")
    [invoice] = await bureau.invoices()
    for path in ("/v1/invoices", f"/v1/invoices/{invoice['id']}"):
        assert (await bureau.get(path, account_role="user")).status_code == 200
        assert (await bureau.get(path, maintenance="none")).status_code == 200
        refused = await bureau.get(path, account_role="user", maintenance="none")
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_permission")
    assert (await other.get(f"/v1/invoices/{invoice['id']}")).status_code == 404
    assert (await other.read("/v1/invoices"))["items"] == []


async def test_invoices_are_paged_the_latest_first(bureau: Bureau) -> None:
    await bureau.customers(1)
    await bureau.subscribed("2024-09-01", "2024-11-30")
    for month, at in (("2024-09", "2024-10-31"), ("2024-10", "2024-11-30"), ("2024-11", "2024-12-31")):
        await bill(bureau, month, f"{at} 08:00")
    first = await bureau.read("/v1/invoices?limit=2")
    rest = await bureau.read(f"/v1/invoices?limit=2&cursor={first['next']}")
    months = [item["month"] for item in first["items"] + rest["items"]]
    assert months == ["2024-11", "2024-10", "2024-09"]
    assert rest["next"] is None
