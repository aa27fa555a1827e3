"""Identity: its table of contents."""

from fastapi import FastAPI

from services.identity.handlers import handlers
from services.identity.routes import router
from services.identity.settings import Settings
from shared.api import create_api
from shared.worker import Worker


def api(settings: Settings) -> FastAPI:
    return create_api(settings, routers=[router])


def worker(settings: Settings) -> Worker:
    return Worker(settings, handlers=handlers)
