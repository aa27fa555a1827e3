"""The timed work of all rooms."""

from functools import partial

from services.cases.settings import Settings
from services.cases.steps.jobs import close_resolved
from services.cases.uploads.jobs import settle_interrupted
from shared.worker import Job

HOUR = 3600


def jobs(settings: Settings) -> list[Job]:
    return [
        Job("close-resolved", HOUR, close_resolved),
        Job("settle-uploads", HOUR, partial(settle_interrupted, folder=settings.files_folder)),
    ]
