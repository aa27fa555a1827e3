"""The attempts to send mails: which worker makes the next one, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Text, cast, func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.queries import list_employees, list_members
from services.notifications.mails.queries import lock_due_mails
from services.notifications.mails.smtp import Outcome
from services.notifications.mails.tables import Mail, MailAttempt
from shared.bus import outbox
from shared.events.notifications import MailFailed, MailSent
from shared.ids import uuid7

# Longer than any batch takes, so that no other worker sends what is being sent.
LEASE: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Result:
    mail: Mail
    outcome: Outcome
    at: datetime


async def claim_mails(session: AsyncSession, *, host: str, limit: int) -> Sequence[Mail]:
    """Take mails that are due, for this worker alone until the lease ends.

    The attempt is counted and the next one scheduled before the attempt is made. If this worker dies
    meanwhile, another one sends the mail later, with the same Message-ID.
    """
    due = lock_due_mails(limit)
    name = func.concat("<", cast(Mail.id, Text), f"@{host}>")
    claimed = await session.scalars(
        update(Mail)
        .where(Mail.id == due.c.id)
        .values(
            attempts=Mail.attempts + 1,
            due_at=func.now() + LEASE,
            message_id=func.coalesce(Mail.message_id, name),
        )
        .returning(Mail)
        .execution_options(synchronize_session=False)
    )
    mails = sorted(claimed, key=lambda mail: mail.id)
    for mail in mails:
        if mail.email is None:
            await _look_up_recipient(session, mail)
    return mails


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
    outbox.add(session, *(_event(MailSent, each.mail) for each in results if each.mail.id in changed))


async def _mark_unsent(session: AsyncSession, result: Result, *, delays: Sequence[float]) -> None:
    mail = result.mail
    wait = None if result.outcome.final else mail.next_wait(delays)
    values = {"state": "failed"} if wait is None else {"due_at": func.now() + wait}
    marked = await session.scalars(
        update(Mail).where(Mail.id == mail.id, Mail.state == "waiting").values(values).returning(Mail.id)
    )
    if marked.first() is not None and wait is None:
        outbox.add(session, _event(MailFailed, mail))


def _event(kind: type[MailSent] | type[MailFailed], mail: Mail) -> MailSent | MailFailed:
    # Version 1 of these events can't name a customer; of such mails it says which mail it was and no more.
    told = mail.about != "customer"
    return kind.model_validate(
        {
            "bureau_id": mail.bureau_id,
            "traceparent": mail.traceparent,
            "sequence": mail.attempts,
            "mail_id": mail.id,
            "kind": mail.kind,
            "about": mail.about if told else None,
            "about_id": mail.about_id if told else None,
        }
    )
