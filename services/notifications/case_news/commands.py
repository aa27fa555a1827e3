"""News of cases: who is told of what, by mail and in the feed, and how a burst of news becomes one mail."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, case, delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.case_news.tables import CaseBurst
from services.notifications.copies.queries import (
    get_bureau,
    get_customer,
    list_employees,
    list_known_emails,
    list_members,
)
from services.notifications.feed.commands import add_notifications
from services.notifications.mails.intents import AT_ONCE, Intent, Recipient, add_intents
from shared.events.cases import (
    ApprovalApproved,
    ApprovalDeclined,
    ApprovalRequested,
    CaseAssigned,
    CaseCancelled,
    CaseChanged,
    CaseEvent,
    CaseReopened,
    CaseResolved,
    CaseSent,
    FileAdded,
    ItemAccepted,
    ItemAnswered,
    ItemReturned,
    MessagePosted,
)

GATHERED_FOR = timedelta(minutes=10)
# The name of each kind of news in the feed. A mail does not name it: it only says that there is news.
UPDATES: Final[dict[type[CaseEvent], str]] = {
    ApprovalApproved: "approval_approved",
    ApprovalDeclined: "approval_declined",
    ApprovalRequested: "approval_requested",
    CaseAssigned: "case_assigned",
    CaseCancelled: "case_cancelled",
    CaseChanged: "case_changed",
    CaseReopened: "case_reopened",
    CaseResolved: "case_resolved",
    FileAdded: "file_added",
    ItemAccepted: "item_accepted",
    ItemAnswered: "item_answered",
    ItemReturned: "item_returned",
    MessagePosted: "message_posted",
}


async def mail_case_sent(session: AsyncSession, *, event: CaseSent) -> None:
    kind = "case_sent" if _to_customer(event) else "case_received"
    await _mail_at_once(session, event, kind=kind, news="case_sent")


async def mail_case_updated(session: AsyncSession, *, event: CaseEvent, at: datetime) -> None:
    """The first mail leaves at once. All news of the ten minutes after it becomes one mail at their end,
    unless it has been read by then. To be given a case is no news of a case that one knows: it has a mail of
    its own, also where the case is a draft."""
    if isinstance(event, CaseAssigned):
        await _mail_at_once(session, event, kind="case_assigned", news="case_assigned")
        return
    recipients = await _recipients(session, event)
    if event.status == "draft" or not recipients:
        return
    due = await _gather(session, event, [each.user_id for each in recipients if each.user_id], at=at)
    gathered = [
        replace(
            intent,
            key=f"case_updated/{event.case_id}/{intent.to.user_id}/{due[intent.to.user_id].isoformat()}",
            wait=max(AT_ONCE, due[intent.to.user_id] - at),
        )
        for intent in await _case_intents(session, event, "case_updated", recipients)
        if intent.to.user_id is not None
    ]
    # The mail of the window has left, or was withheld, while this news was on its way: it gets one more.
    late = await add_intents(session, intents=gathered)
    more = [replace(each, key=f"{event.id}/{each.to.user_id}", wait=GATHERED_FOR) for each in late]
    await add_intents(session, intents=more)
    _add_case_news(session, event, recipients, kind=UPDATES[type(event)])


async def _mail_at_once(session: AsyncSession, event: CaseEvent, *, kind: str, news: str) -> None:
    recipients = await _recipients(session, event)
    await add_intents(session, intents=await _case_intents(session, event, kind, recipients))
    _add_case_news(session, event, recipients, kind=news)


async def _gather(
    session: AsyncSession, event: CaseEvent, user_ids: Sequence[UUID], *, at: datetime
) -> dict[UUID, datetime]:
    """When each person's mail about this event is due: now, or ten minutes after the last mail, or with the
    mail that already waits for that moment."""
    rows = [
        {
            "bureau_id": event.tenant,
            "case_id": event.case_id,
            "user_id": user_id,
            "mail_due_at": at,
            "gathered": False,
        }
        for user_id in sorted(user_ids)
    ]
    last, quiet = CaseBurst.mail_due_at, CaseBurst.mail_due_at <= at - GATHERED_FOR
    waits = and_(CaseBurst.gathered, last > at)
    statement = insert(CaseBurst).values(rows)
    gathered = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[CaseBurst.bureau_id, CaseBurst.case_id, CaseBurst.user_id],
            set_={
                "mail_due_at": case((waits, last), (quiet, at), else_=last + GATHERED_FOR),
                "gathered": or_(waits, ~quiet),
            },
        ).returning(CaseBurst.user_id, CaseBurst.mail_due_at)
    )
    return {row.user_id: row.mail_due_at for row in gathered}


async def forget_bursts(session: AsyncSession, *, at: datetime) -> None:
    """Delete the bursts that have ended; the next mail begins a new one."""
    await session.execute(delete(CaseBurst).where(CaseBurst.mail_due_at < at - timedelta(days=1)))


def _to_customer(event: CaseEvent) -> bool:
    """Whether the event concerns the customer's people. An assignment is the bureau's own matter."""
    return event.by == "bureau" and not isinstance(event, CaseAssigned)


async def _recipients(session: AsyncSession, event: CaseEvent) -> list[Recipient]:
    account_id = event.account_id if _to_customer(event) else None
    known = (
        await list_members(session, account_id=account_id, user_ids=event.recipient_ids)
        if account_id
        else await list_employees(session, bureau_id=event.tenant, user_ids=event.recipient_ids)
    )
    recipients = []
    for user_id in sorted(set(event.recipient_ids)):
        person = known.get(user_id)
        if person is None:
            recipients.append(Recipient(None, "sv", user_id, account_id))
        elif person.active:
            recipients.append(Recipient(person.email, person.language, user_id, account_id))
    return recipients


async def _case_values(session: AsyncSession, event: CaseEvent) -> dict[str, str]:
    """A mail names the other side: the customer to the bureau's people, and the bureau to the customer's. The
    bureau is also in whose name a mail to the customer comes."""
    customer = await get_customer(session, event.customer_id, bureau_id=event.tenant)
    values = {"case_number": event.number, "customer_name": customer.name}
    if _to_customer(event):
        values["bureau_name"] = (await get_bureau(session, event.tenant)).name
    return values


async def _case_intents(
    session: AsyncSession, event: CaseEvent, kind: str, recipients: Sequence[Recipient]
) -> list[Intent]:
    """A customer's person is written to as a contact of the customer, except who wrote the case. A person of
    whom the register's news has not come yet is taken at the word of the service that named them."""
    values = await _case_values(session, event)
    known: set[str] = set()
    if _to_customer(event):
        known = await list_known_emails(session, bureau_id=event.tenant, customer_id=event.customer_id)
    return [
        Intent(
            kind=kind,
            key=f"{event.id}/{each.user_id}",
            to=each,
            values=values,
            link=("case", event.case_id),
            about=("case", event.case_id),
            bureau_id=event.tenant,
            sender=values.get("bureau_name"),
            customer_id=event.customer_id,
            as_contact=each.email in known and each.user_id != event.author_id,
            case_version=event.sequence,
        )
        for each in recipients
    ]


def _add_case_news(
    session: AsyncSession, event: CaseEvent, recipients: Sequence[Recipient], *, kind: str
) -> None:
    add_notifications(
        session,
        bureau_id=event.tenant,
        user_ids=[each.user_id for each in recipients if each.user_id],
        hat_id=event.account_id if _to_customer(event) else event.tenant,
        kind=kind,
        about="case",
        about_id=event.case_id,
        case_number=event.number,
        at=event.time,
    )
