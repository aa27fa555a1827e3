"""The timed work of billing, gathered from its rooms."""

from functools import partial

from services.billing.runs.jobs import issue_invoices, run_billing
from services.billing.settings import Settings
from services.billing.subscriptions.jobs import end_cancelled
from services.billing.usage.jobs import count_months
from shared.worker import Job


def jobs(settings: Settings) -> list[Job]:
    batch = settings.billing_batch
    return [
        Job("count-months", 5, count_months),
        Job("end-subscriptions", 5, end_cancelled),
        Job("issue-invoices", 5, partial(issue_invoices, batch=batch)),
        Job("run-billing", 1, partial(run_billing, batch=batch)),
    ]
