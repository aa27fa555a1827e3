"""When a month is billed."""

from datetime import date

import pytest

from services.billing.runs.jobs import issue_invoices
from services.billing.runs.tables import invoice_day, newest_month_to_bill
from services.billing.usage.jobs import count_months
from tests.factories.callers import Caller
from tests.factories.records import Bureau
from tests.factories.service import Service
from tests.factories.subscriptions import add_subscription, invoices, register_customers, swedish


@pytest.mark.parametrize(
    ("month", "day"),
    [
        ("2026-10", "2026-11-30"),
        ("2026-11", "2026-12-31"),
        ("2026-12", "2027-01-31"),
        ("2028-01", "2028-02-29"),
        ("2027-01", "2027-02-28"),
        ("2026-02", "2026-03-31"),
    ],
)
def test_a_month_is_billed_on_the_last_day_of_the_next(month: str, day: str) -> None:
    assert invoice_day(month) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("at", "month"),
    [
        ("2026-11-29 23:59:59", "2026-09"),
        ("2026-11-30 00:00:00", "2026-10"),
        ("2026-12-30 23:59:59", "2026-10"),
        ("2027-03-31 00:00:00", "2027-02"),
        ("2028-02-28 23:59:59", "2027-12"),
        ("2028-02-29 00:00:00", "2028-01"),
    ],
)
def test_the_newest_month_to_bill_changes_at_swedish_midnight(at: str, month: str) -> None:
    assert newest_month_to_bill(swedish(at)) == month


async def test_a_month_that_is_not_due_is_too_early(operator: Caller) -> None:
    for dry_run in (False, True):
        body = {"month": "2098-12", "dry_run": dry_run}
        refused = await operator.post("/v1/billing-runs", body)
        assert (refused.status_code, refused.json()["code"]) == (409, "too_early")
        assert refused.json()["due_on"] == "2099-01-31"


async def test_the_job_bills_what_is_due(service: Service, bureau: Bureau, admin: Caller) -> None:
    await register_customers(service, bureau, 1)
    await add_subscription(service, bureau, "2023-07-20", "2023-08-31")
    await count_months(service.database)
    await issue_invoices(service.database, batch=1)
    assert [invoice["month"] for invoice in await invoices(admin)] == ["2023-08", "2023-07"]
