"""Invitations: its table of contents."""

from fastapi import FastAPI

from services.invitations.collaborations import routes as collaborations
from services.invitations.handlers import handlers
from services.invitations.receiving import routes as receiving
from services.invitations.sending import routes as sending
from services.invitations.settings import Settings
from services.invitations.upkeep.jobs import expire_overdue, remind_due
from shared.api import create_api
from shared.worker import Job, Worker

JOBS = [Job("expire-invitations", 10, expire_overdue), Job("remind-of-invitations", 10, remind_due)]


def api(settings: Settings) -> FastAPI:
    # Receiving first: its fixed paths stand before `/v1/invitations/{invitation_id}`.
    return create_api(settings, routers=[receiving.router, sending.router, collaborations.router])


def worker(settings: Settings) -> Worker:
    return Worker(settings, handlers=handlers, jobs=JOBS)
