"""Timed work."""

from functools import partial

from services.notifications.cases.commands import forget_bursts
from services.notifications.partners.commands import forget_events
from services.notifications.sending.jobs import send_mails
from services.notifications.settings import Settings
from shared.clock import utcnow
from shared.database.engine import Database
from shared.worker import Job


async def forget_old(database: Database) -> None:
    async with database.transaction() as session:
        await forget_bursts(session, at=utcnow())
        await forget_events(session)


def jobs(settings: Settings) -> list[Job]:
    return [
        Job("send-mails", 0.2, partial(send_mails, settings=settings)),
        Job("forget-old", 3600, forget_old),
    ]
