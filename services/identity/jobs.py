"""Timed work, gathered from the rooms."""

from services.identity.customers.jobs import jobs as customer_jobs
from services.identity.persons.jobs import JOBS
from services.identity.settings import Settings
from shared.worker import Job


def jobs(settings: Settings) -> list[Job]:
    return [*JOBS, *customer_jobs(settings)]
