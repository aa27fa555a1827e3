"""Billing: its table of contents."""

from functools import partial

from fastapi import FastAPI

from services.billing import jobs
from services.billing.handlers import handlers
from services.billing.routes import routers
from services.billing.settings import Settings
from shared.api import create_api
from shared.worker import Job, Worker


def api(settings: Settings) -> FastAPI:
    return create_api(settings, routers=routers)


def worker(settings: Settings) -> Worker:
    batch = settings.billing_batch
    timed = [
        Job("count-months", 5, jobs.count_months),
        Job("end-subscriptions", 5, jobs.end_cancelled),
        Job("issue-invoices", 5, partial(jobs.issue_invoices, batch=batch)),
        Job("run-billing", 1, partial(jobs.run_billing, batch=batch)),
    ]
    return Worker(settings, handlers=handlers, jobs=timed)
