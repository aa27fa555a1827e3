"""News of invitations and collaborations for the bureau: what became of them, and who is told."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.queries import get_bureau, get_customer, list_present
from services.notifications.copies.tables import Bureau, Customer
from services.notifications.feed.commands import add_notifications
from services.notifications.mails.intents import About, Intent, Recipient, add_intents
from shared.events.invitations import (
    CollaborationEnded,
    InvitationAcceptanceRefused,
    InvitationAccepted,
    InvitationDeclined,
    InvitationExpired,
)

Answer = InvitationAccepted | InvitationDeclined | InvitationExpired
News = Answer | InvitationAcceptanceRefused | CollaborationEnded
# The names of their mails, and of their news in the feed.
ANSWERS: Final[dict[type[Answer], str]] = {
    InvitationAccepted: "invitation_accepted",
    InvitationDeclined: "invitation_declined",
    InvitationExpired: "invitation_expired",
}


async def mail_answer(session: AsyncSession, *, event: Answer) -> None:
    """Who invited is told."""
    bureau, customer = await _parties(session, event)
    values = {"contact_name": event.contact_name or customer.name}
    if isinstance(event, InvitationDeclined):
        values["message"] = event.reason or ""
    to = await _inviter(session, event.sent_by, bureau, customer)
    about: tuple[About, UUID] = ("invitation", event.invitation_id)
    await _tell(session, event, customer, to, kind=ANSWERS[type(event)], values=values, about=about)


async def mail_refusal(session: AsyncSession, *, event: InvitationAcceptanceRefused) -> None:
    """Who invited is told what can be done; the account's administrators are named to nobody."""
    bureau, customer = await _parties(session, event)
    to = await _inviter(session, event.sent_by, bureau, customer)
    values = {"person_name": event.person_name}
    about: tuple[About, UUID] = ("invitation", event.invitation_id)
    await _tell(session, event, customer, to, kind="invitation_refused", values=values, about=about)


async def mail_end(session: AsyncSession, *, event: CollaborationEnded) -> None:
    """Where the customer has ended it, whoever is responsible for the customer is told, and who invited it.
    What the bureau itself ends, it knows."""
    if event.ended_by != "customer":
        return
    bureau, customer = await _parties(session, event)
    to = await _employees(session, [event.invited_by, customer.responsible_id], bureau)
    about: tuple[About, UUID] = ("customer", event.customer_id)
    told = to or [_bureau_itself(bureau)]
    await _tell(session, event, customer, told, kind="collaboration_ended", values={}, about=about)


async def _parties(session: AsyncSession, event: News) -> tuple[Bureau, Customer]:
    bureau = await get_bureau(session, event.tenant)
    return bureau, await get_customer(session, event.customer_id, bureau_id=event.tenant)


async def _inviter(
    session: AsyncSession, sent_by: UUID | None, bureau: Bureau, customer: Customer
) -> Sequence[Recipient]:
    """Who invited; of one who has left, whoever is responsible for the customer now."""
    inviter = await _employees(session, [sent_by], bureau)
    responsible = inviter or await _employees(session, [customer.responsible_id], bureau)
    return responsible or [_bureau_itself(bureau)]


async def _employees(
    session: AsyncSession, employee_ids: Sequence[UUID | None], bureau: Bureau
) -> list[Recipient]:
    known = [each for each in employee_ids if each]
    present = await list_present(session, bureau_id=bureau.bureau_id, employee_ids=known)
    return [Recipient(each.email, each.language, each.user_id) for each in present]


def _bureau_itself(bureau: Bureau) -> Recipient:
    """Its own address, where nobody is known whose matter it is."""
    return Recipient(bureau.email, bureau.language)


async def _tell(
    session: AsyncSession,
    event: News,
    customer: Customer,
    to: Sequence[Recipient],
    *,
    kind: str,
    values: dict[str, str],
    about: tuple[About, UUID],
) -> None:
    """By mail and in the feed."""
    intents = [
        Intent(
            kind=kind,
            key=f"{event.id}/{each.user_id}",
            to=each,
            values={"customer_name": customer.name, **values},
            link=("customer", customer.customer_id),
            about=about,
            bureau_id=event.tenant,
            customer_id=customer.customer_id,
        )
        for each in to
    ]
    await add_intents(session, intents=intents)
    add_notifications(
        session,
        bureau_id=event.tenant,
        user_ids=[each.user_id for each in to if each.user_id],
        hat_id=event.tenant,
        kind=kind,
        about=about[0],
        about_id=about[1],
        case_number=None,
        at=event.time,
    )
