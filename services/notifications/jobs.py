"""The timed work of notifications, gathered from its rooms."""

from functools import partial

from services.notifications.case_news.jobs import forget_bursts
from services.notifications.mails.jobs import send_mails
from services.notifications.partner_feed.jobs import forget_events
from services.notifications.settings import Settings
from shared.worker import Job

HOUR = 3600


def jobs(settings: Settings) -> list[Job]:
    return [
        Job("send-mails", 0.2, partial(send_mails, settings=settings)),
        Job("forget-bursts", HOUR, forget_bursts),
        Job("forget-partner-events", HOUR, forget_events),
    ]
