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
    from services.billing.routes import routers
    from shared.http.api import create_api

    return create_api(settings, routers=routers, tags=TAGS)


def worker(settings: Settings) -> "Worker":
    from services.billing.handlers import handlers
    from services.billing.jobs import jobs
    from shared.worker import Worker

    return Worker(settings, handlers=handlers, jobs=jobs(settings))
