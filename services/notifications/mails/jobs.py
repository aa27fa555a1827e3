"""Sending the mails that are due. Any number of replicas may do so at once, and any may die at any point."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from services.notifications.mails import attempts
from services.notifications.mails.attempts import Result
from services.notifications.mails.message import BadAddress, Letterhead, compose
from services.notifications.mails.smtp import Outcome, Postman
from services.notifications.mails.tables import Mail
from services.notifications.settings import Settings
from shared import telemetry
from shared.clock import utcnow
from shared.database.engine import STATEMENT_SECONDS, Database
from shared.kill_points import kill_point

log = logging.getLogger("arende.mails")
BATCH: Final = 25
LONGEST_RUN: Final = 5.0


async def send_mails(database: Database, *, settings: Settings) -> None:
    """Send batch after batch over one connection to the mail server.

    Ends when no mail is due, after 5 seconds, or at the first mail for which the server could not be reached:
    the mails after it are given back untried, and the next run tries them.
    """
    host = urlsplit(settings.web_url).hostname or "localhost"
    head = Letterhead(settings.mail_from, settings.web_url, settings.link_secret)
    until, lease = time.monotonic() + LONGEST_RUN, lease_of(settings)
    async with Postman(settings.smtp_url, timeout=settings.smtp_timeout) as postman:
        while time.monotonic() < until:
            async with database.transaction() as session:
                mails = await attempts.claim_mails(session, host=host, limit=BATCH, lease=lease)
            if not mails:
                return
            results = await _send_all(postman, mails, head, until=until)
            kill_point("mail-after-send-before-mark")
            async with database.transaction() as session:
                await attempts.record_results(session, results=results, delays=settings.mail_retry_delays)
                await attempts.release_mails(session, mails=mails[len(results) :])
            if len(results) < len(mails) or results[-1].outcome.name == "unreachable":
                return


def lease_of(settings: Settings) -> timedelta:
    """For how long claimed mails belong to the worker that claimed them, which may have died.

    A mail is begun within LONGEST_RUN of its claim or not at all, and is sent within the timeout. Then the
    results are written, at worst by statements that just come to their end.
    """
    return timedelta(seconds=LONGEST_RUN + settings.smtp_timeout + 2 * STATEMENT_SECONDS)


async def _send_all(
    postman: Postman, mails: Sequence[Mail], head: Letterhead, *, until: float
) -> list[Result]:
    results: list[Result] = []
    for mail in mails:
        if time.monotonic() > until:
            break
        with telemetry.span("send mail", traceparent=mail.traceparent, kind=mail.kind):
            results.append(Result(mail, await _send(postman, mail, head), utcnow()))
        if results[-1].outcome.name == "unreachable":
            break
    return results


async def _send(postman: Postman, mail: Mail, head: Letterhead) -> Outcome:
    if mail.email is None:
        return Outcome("no_address")
    try:
        return await postman.send(compose(mail, head, at=utcnow()))
    except BadAddress:
        return Outcome("bad_address")
    except Exception as error:
        # A mail that can't be written is tried again later, perhaps by a release that can; the other mails
        # must go on. Some faults show only while the message is being written to the server.
        log.warning("mail not composed", exc_info=error, extra={"facts": {"kind": mail.kind}})
        return Outcome("unrenderable")
