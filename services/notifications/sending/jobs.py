"""Sending what is due. Any number of replicas may run this at once, and any of them may die at any point."""

import logging
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from services.notifications.composing import BadAddress, Letterhead, compose
from services.notifications.sending import commands
from services.notifications.sending.commands import Result
from services.notifications.sending.smtp import Outcome, Postman
from services.notifications.settings import Settings
from services.notifications.tables import Mail
from shared import telemetry
from shared.clock import utcnow
from shared.database.engine import Database
from shared.kill_points import kill_point

log = logging.getLogger("arende.mails")
BATCH: Final = 25
LONGEST_RUN: Final = 5.0


async def send_mails(database: Database, *, settings: Settings) -> None:
    """Batch after batch over one connection. Ends when nothing is due, after 5 s, or at the first mail
    that found no server: the others are given back untried, and the next run tries again."""
    host = urlsplit(settings.web_url).hostname or "localhost"
    head = Letterhead(settings.mail_from, settings.web_url, settings.link_secret)
    until = time.monotonic() + LONGEST_RUN
    async with Postman(settings.smtp_url, timeout=settings.smtp_timeout) as postman:
        while time.monotonic() < until:
            async with database.transaction() as session:
                mails = await commands.claim_mails(session, host=host, limit=BATCH)
            if not mails:
                return
            results = await _send_all(postman, mails, head, until=until)
            kill_point("mail-after-send-before-mark")
            async with database.transaction() as session:
                await commands.record(session, results, delays=settings.mail_retry_delays)
                await commands.release(session, mails[len(results) :])
            if len(results) < len(mails) or results[-1].outcome.name == "unreachable":
                return


async def _send_all(
    postman: Postman, mails: Sequence[Mail], head: Letterhead, *, until: float
) -> list[Result]:
    results: list[Result] = []
    for mail in mails:
        with telemetry.span("send mail", traceparent=mail.traceparent, kind=mail.kind):
            results.append(Result(mail, await _send(postman, mail, head), utcnow()))
        if results[-1].outcome.name == "unreachable" or time.monotonic() > until:
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
        # A text that can't be set is tried again, with the next release perhaps; the other mails must go on.
        # Some of that shows only while the message is written to the server.
        log.warning("mail not composed", exc_info=error, extra={"facts": {"kind": mail.kind}})
        return Outcome("unrenderable")
