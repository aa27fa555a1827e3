"""The attempts to send mails: which worker makes the next one, and what became of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import Text, cast, func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.queries import find_in_charge, list_employees, list_members
from services.notifications.copies.tables import Employee
from services.notifications.mails.queries import Today, list_needless, list_today, lock_due_mails
from services.notifications.mails.smtp import Outcome
from services.notifications.mails.tables import Mail, MailAttempt
from shared import telemetry
from shared.bus import outbox
from shared.events.notifications import MailFailed, MailSent
from shared.ids import uuid7

log = logging.getLogger("arende.mails")


@dataclass(frozen=True)
class Result:
    mail: Mail
    outcome: Outcome
    at: datetime


async def claim_mails(session: AsyncSession, *, host: str, limit: int, lease: timedelta) -> Sequence[Mail]:
    """Take mails that are due, for this worker alone until the lease ends.

    The attempt is counted and the next one scheduled before the attempt is made. If this worker dies
    meanwhile, another one sends the mail later, with the same Message-ID. A mail that must not leave any more
    is withheld instead.
    """
    due = lock_due_mails(limit)
    name = func.concat("<", cast(Mail.id, Text), f"@{host}>")
    claimed = await session.scalars(
        update(Mail)
        .where(Mail.id == due.c.id)
        .values(
            attempts=Mail.attempts + 1,
            due_at=func.now() + lease,
            message_id=func.coalesce(Mail.message_id, name),
        )
        .returning(Mail)
        .execution_options(synchronize_session=False)
    )
    mails = sorted(claimed, key=lambda mail: mail.id)
    for mail in mails:
        if mail.email is None:
            await _look_up_recipient(session, mail)
    if not mails:
        return []
    needless = await list_needless(session, [mail.id for mail in mails])
    for mail in mails:
        if mail.id in needless and not await _hand_on(session, mail):
            mail.state = "withheld"
    today = await list_today(session, [mail.id for mail in mails if mail.state == "waiting"])
    return [mail for mail in mails if mail.id in today and _leaves(mail, today[mail.id])]


async def _hand_on(session: AsyncSession, mail: Mail) -> bool:
    """News of a customer for an employee who has left the bureau goes to who is in charge now. News of a case
    does not: whoever takes the case over has a mail of their own."""
    if mail.link_purpose != "customer" or mail.bureau_id is None or mail.customer_id is None:
        return False
    to = await find_in_charge(session, bureau_id=mail.bureau_id, customer_id=mail.customer_id)
    if to is None:
        return False
    mail.user_id = to.user_id if isinstance(to, Employee) else None
    mail.email, mail.language = to.email, to.language
    return True


def _leaves(mail: Mail, today: Today) -> bool:
    """Holds what its bureau may not cause now. What leaves names bureau and customer as they are called
    today: they may have been renamed since the mail was added."""
    if not mail.may_leave(today.bureau_status):
        if today.is_old:
            mail.state = "withheld"
        else:
            mail.hold()
        return False
    names = {"bureau_name": today.bureau_name, "customer_name": today.customer_name}
    known = {name: value for name, value in names.items() if value and name in mail.values}
    mail.values = {**mail.values, **known}
    mail.sender = mail.sender and (today.bureau_name or mail.sender)
    return True


async def _look_up_recipient(session: AsyncSession, mail: Mail) -> None:
    """The copy of the person may have come since the mail was added."""
    if mail.user_id is None or mail.bureau_id is None:
        return
    known = (
        await list_members(session, account_id=mail.account_id, user_ids=[mail.user_id])
        if mail.account_id
        else await list_employees(session, bureau_id=mail.bureau_id, user_ids=[mail.user_id])
    )
    person = known.get(mail.user_id)
    if person is not None and person.active:
        mail.email, mail.language = person.email, person.language


async def release_mails(session: AsyncSession, *, mails: Sequence[Mail]) -> None:
    """Give back mails that were claimed and not tried."""
    if mails:
        await session.execute(
            update(Mail)
            .where(Mail.id.in_([mail.id for mail in mails]), Mail.state == "waiting")
            .values(attempts=Mail.attempts - 1, due_at=func.now())
        )


async def record_results(
    session: AsyncSession, *, results: Sequence[Result], delays: Sequence[float]
) -> None:
    """Write the attempts, the mails' new states and the events about them together. `delays` are the seconds
    between one attempt and the next."""
    attempts = [
        {
            "id": uuid7(),
            "mail_id": result.mail.id,
            "bureau_id": result.mail.bureau_id,
            "at": result.at,
            "outcome": result.outcome.name,
            "smtp_code": result.outcome.smtp_code,
        }
        for result in results
    ]
    if attempts:
        await session.execute(insert(MailAttempt), attempts)
    for result in results:
        telemetry.MAILS.labels(result.outcome.name).inc()
    await _mark_sent(session, [result for result in results if result.outcome.name == "sent"])
    for result in results:
        if result.outcome.name != "sent":
            await _mark_unsent(session, result, delays=delays)


async def _mark_sent(session: AsyncSession, results: Sequence[Result]) -> None:
    if not results:
        return
    marked = await session.scalars(
        update(Mail)
        .where(Mail.id.in_([result.mail.id for result in results]), Mail.state == "waiting")
        .values(state="sent", sent_at=max(result.at for result in results))
        .returning(Mail.id)
    )
    changed = set(marked)
    for result in results:
        if result.mail.id in changed:
            _tell(session, MailSent, result.mail)


async def _mark_unsent(session: AsyncSession, result: Result, *, delays: Sequence[float]) -> None:
    mail = result.mail
    wait = None if result.outcome.final else mail.next_wait(delays)
    values = {"state": "failed"} if wait is None else {"due_at": func.now() + wait}
    marked = await session.scalars(
        update(Mail).where(Mail.id == mail.id, Mail.state == "waiting").values(values).returning(Mail.id)
    )
    if marked.first() is not None and wait is None:
        _tell(session, MailFailed, mail)


def _tell(session: AsyncSession, kind: type[MailSent] | type[MailFailed], mail: Mail) -> None:
    """What became of a mail is written also where no event can tell of it: otherwise this mail and all that
    were sent beside it would be sent again and again."""
    # `about` of version 1 has no word for a customer, whom `customer_id` names.
    about = (None, None) if mail.about == "customer" else (mail.about, mail.about_id)
    try:
        event = kind.model_validate(
            {
                "bureau_id": mail.bureau_id,
                "traceparent": mail.traceparent,
                "sequence": mail.attempts,
                "mail_id": mail.id,
                "kind": mail.kind,
                "about": about[0],
                "about_id": about[1],
                "customer_id": mail.customer_id,
            }
        )
    except ValidationError as error:
        telemetry.MAILS.labels("untold").inc()
        log.error("no event of a mail", exc_info=error, extra={"facts": {"mail_id": mail.id}})
    else:
        outbox.add(session, event)
