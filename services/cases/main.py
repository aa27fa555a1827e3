"""Cases: its table of contents."""

from fastapi import FastAPI

from services.cases.answers.routes import router as answers
from services.cases.files.routes import router as files
from services.cases.handlers import handlers
from services.cases.jobs import JOBS
from services.cases.messages.routes import router as messages
from services.cases.routes import router as cases
from services.cases.settings import Settings
from services.cases.templates.routes import router as templates
from services.cases.timeline.routes import router as timeline
from shared.api import create_api
from shared.worker import Worker


def api(settings: Settings) -> FastAPI:
    return create_api(settings, routers=[cases, messages, answers, timeline, files, templates])


def worker(settings: Settings) -> Worker:
    return Worker(settings, handlers=handlers, jobs=JOBS)
