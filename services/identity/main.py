"""Identity: its table of contents."""

from fastapi import FastAPI

from services.identity.accounts.routes import router as accounts
from services.identity.bureaus.routes import router as bureaus
from services.identity.customers.jobs import jobs as customer_jobs
from services.identity.customers.routes import router as customers
from services.identity.handlers import handlers
from services.identity.persons.jobs import JOBS
from services.identity.persons.me.routes import router as me
from services.identity.persons.passwords import Passwords
from services.identity.persons.routes import router as persons
from services.identity.persons.sessions.routes import router as sessions
from services.identity.persons.sessions.signing import Signer
from services.identity.persons.sessions.well_known import router as well_known
from services.identity.settings import Settings
from shared.api import create_api
from shared.worker import Worker


def api(settings: Settings) -> FastAPI:
    app = create_api(settings, routers=[persons, sessions, me, well_known, bureaus, accounts, customers])
    app.state.passwords = Passwords(memory_kib=settings.password_memory_kib, rounds=settings.password_rounds)
    app.state.signer = Signer(settings.signing_keys_file, settings.issuer)
    return app


def worker(settings: Settings) -> Worker:
    return Worker(settings, handlers=handlers, jobs=[*JOBS, *customer_jobs(settings)])
