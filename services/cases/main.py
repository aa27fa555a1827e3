"""Cases: its table of contents."""

from fastapi import FastAPI

from services.cases.handlers import handlers
from services.cases.routes import router
from services.cases.settings import Settings
from shared.api import create_api
from shared.worker import Worker


def api(settings: Settings) -> FastAPI:
    return create_api(settings, routers=[router])


def worker(settings: Settings) -> Worker:
    return Worker(settings, handlers=handlers)
