"""The timed work of all rooms."""

from functools import partial

from services.cases.people.jobs import release_departed
from services.cases.settings import Settings
from services.cases.steps.jobs import close_resolved
from services.cases.uploads.jobs import settle_interrupted
from shared.worker import Job

HOUR = 3600
DAY = 24 * HOUR


def jobs(settings: Settings) -> list[Job]:
    return [
        Job("close-resolved", HOUR, close_resolved),
        Job("release-departed", DAY, release_departed),
        Job("settle-uploads", HOUR, partial(settle_interrupted, folder=settings.files_folder)),
    ]
