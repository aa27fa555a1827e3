"""Invitations: its table of contents."""

from fastapi import FastAPI

from services.invitations.handlers import handlers
from services.invitations.routes import router
from services.invitations.settings import Settings
from shared.api import create_api
from shared.worker import Worker


def api(settings: Settings) -> FastAPI:
    return create_api(settings, routers=[router])


def worker(settings: Settings) -> Worker:
    return Worker(settings, handlers=handlers)
