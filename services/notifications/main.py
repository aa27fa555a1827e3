"""Notifications: its table of contents."""

from fastapi import FastAPI

from services.notifications.handlers import handlers
from services.notifications.routes import router
from services.notifications.settings import Settings
from shared.api import create_api
from shared.worker import Worker


def api(settings: Settings) -> FastAPI:
    return create_api(settings, routers=[router])


def worker(settings: Settings) -> Worker:
    return Worker(settings, handlers=handlers)
