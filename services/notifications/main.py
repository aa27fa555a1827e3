"""Notifications: its table of contents."""

from functools import partial

from fastapi import FastAPI

from services.notifications import jobs
from services.notifications.feed.routes import router as feed
from services.notifications.handlers import handlers
from services.notifications.partners.routes import router as partners
from services.notifications.sending.jobs import send_mails
from services.notifications.settings import Settings
from shared.api import create_api
from shared.worker import Job, Worker


def api(settings: Settings) -> FastAPI:
    return create_api(settings, routers=[feed, partners])


def worker(settings: Settings) -> Worker:
    timed = [
        Job("send-mails", 0.2, partial(send_mails, settings=settings)),
        Job("forget-old", 3600, jobs.forget_old),
    ]
    return Worker(settings, handlers=handlers, jobs=timed)
