"""Notifications: its table of contents.

Each function imports what its process needs: an API loads no reactions, a worker no routes.
"""

from typing import TYPE_CHECKING

from services.notifications.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.worker import Worker

# What the operations under each tag are about, in the order in which the document shows them.
TAGS = {
    "notifications": "What has happened that the caller may want to look at.",
    "partners": "The bureau's events for others' programs: a feed in a stable order, and their schemas.",
}


def api(settings: Settings) -> "FastAPI":
    from services.notifications.feed.routes import router as feed
    from services.notifications.partner_feed.routes import router as partner_feed
    from shared.http.api import create_api

    return create_api(settings, routers=[feed, partner_feed], tags=TAGS)


def worker(settings: Settings) -> "Worker":
    from services.notifications.handlers import handlers
    from services.notifications.jobs import jobs
    from shared.worker import Worker

    return Worker(settings, handlers=handlers, jobs=jobs(settings))
