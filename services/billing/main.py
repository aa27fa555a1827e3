"""Billing: its table of contents.

Each function imports what its process needs: an API loads no reactions, a worker no routes.
"""

from typing import TYPE_CHECKING

from services.billing.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.worker import Worker

# What the operations under each tag are about, in the order in which the document shows them.
TAGS = {
    "billing": "What case management costs a bureau: prices, purchase, monthly counts, invoices.",
}


def api(settings: Settings) -> "FastAPI":
    from services.billing.invoices import routes as invoices
    from services.billing.prices import routes as prices
    from services.billing.runs import routes as runs
    from services.billing.subscriptions import routes as subscriptions
    from services.billing.usage import routes as usage
    from shared.http.api import create_api

    rooms = (subscriptions, usage, invoices, runs, prices)
    return create_api(settings, routers=[room.router for room in rooms], tags=TAGS)


def worker(settings: Settings) -> "Worker":
    from services.billing.handlers import handlers
    from services.billing.jobs import jobs
    from shared.worker import Worker

    return Worker(settings, handlers=handlers, jobs=jobs(settings))
