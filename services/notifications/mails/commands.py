"""What is mailed about which event, and to whom; one command for each reaction.

The mails about cases are in the room `case_news`.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.queries import get_administrators, get_bureau
from services.notifications.copies.tables import Bureau
from services.notifications.feed.commands import add_notifications
from services.notifications.mails.intents import Intent, Recipient, add_intents
from services.notifications.mails.words import date_text, money_text
from shared.clock import stockholm_date
from shared.events.billing import InvoiceIssued
from shared.events.identity import EmployeeAdded, PasswordResetRequested, UserRegistered
from shared.events.invitations import InvitationAcceptanceRefused, InvitationMailed, InvitationReminded


async def mail_verification(session: AsyncSession, *, event: UserRegistered) -> None:
    """By following the link the person proves that the address is theirs."""
    intent = Intent(
        kind="verify_address",
        key=str(event.id),
        to=Recipient(event.email, event.language, event.user_id),
        values={"name": event.name},
        link=("verify", event.verification_id),
        about=("person", event.user_id),
    )
    await add_intents(session, intents=[intent])


async def mail_password_reset(session: AsyncSession, *, event: PasswordResetRequested) -> None:
    intent = Intent(
        kind="password_reset",
        key=str(event.id),
        to=Recipient(event.email, event.language, event.user_id),
        values={"name": event.name},
        link=("password-reset", event.reset_id),
        about=("person", event.user_id),
    )
    await add_intents(session, intents=[intent])


async def mail_employee_welcome(session: AsyncSession, *, event: EmployeeAdded) -> None:
    """Only an employee without a password is welcomed: the link is where it is chosen."""
    if event.password_reset_id is None:
        return
    bureau = await get_bureau(session, event.tenant)
    intent = Intent(
        kind="employee_welcome",
        key=str(event.id),
        to=Recipient(event.email, event.language, event.user_id),
        values={"name": event.name, "bureau_name": bureau.name},
        link=("password-reset", event.password_reset_id),
        about=("person", event.user_id),
        bureau_id=event.tenant,
        sender=bureau.name,
    )
    await add_intents(session, intents=[intent])


async def mail_invitation(session: AsyncSession, *, event: InvitationMailed) -> None:
    bureau = await get_bureau(session, event.tenant)
    await add_intents(session, intents=[_invitation(event, bureau, kind="invitation")])


async def mail_invitation_reminder(session: AsyncSession, *, event: InvitationReminded) -> None:
    bureau = await get_bureau(session, event.tenant)
    await add_intents(session, intents=[_invitation(event, bureau, kind="invitation_reminder")])


def _invitation(event: InvitationMailed, bureau: Bureau, *, kind: str) -> Intent:
    return Intent(
        kind=kind,
        key=str(event.id),
        to=Recipient(event.email, event.language),
        values={
            "bureau_name": bureau.name,
            "customer_name": event.customer_name,
            "contact_name": event.contact_name,
            "expires_on": date_text(stockholm_date(event.expires_at), event.language),
            "message": event.message or "",
        },
        link=("invitation", event.invitation_id),
        about=("invitation", event.invitation_id),
        bureau_id=event.tenant,
        sender=bureau.name,
    )


async def mail_acceptance_refused(session: AsyncSession, *, event: InvitationAcceptanceRefused) -> None:
    """Every administrator of the account is told, by mail and in the feed."""
    bureau = await get_bureau(session, event.tenant)
    administrators = await get_administrators(session, event.account_id)
    intents = [
        Intent(
            kind="acceptance_refused",
            key=f"{event.id}/{each.user_id}",
            to=Recipient(each.email, each.language, each.user_id, event.account_id),
            values={
                "bureau_name": bureau.name,
                "customer_name": event.customer_name,
                "person_name": event.person_name,
            },
            link=("account", event.account_id),
            about=("invitation", event.invitation_id),
            bureau_id=event.tenant,
            sender=bureau.name,
        )
        for each in administrators
    ]
    await add_intents(session, intents=intents)
    add_notifications(
        session,
        bureau_id=event.tenant,
        user_ids=[each.user_id for each in administrators],
        hat_id=event.account_id,
        kind="acceptance_refused",
        about="invitation",
        about_id=event.invitation_id,
        case_number=None,
        at=event.time,
    )


async def mail_invoice(session: AsyncSession, *, event: InvoiceIssued) -> None:
    bureau = await get_bureau(session, event.tenant)
    intent = Intent(
        kind="invoice_issued",
        key=str(event.id),
        to=Recipient(bureau.email, bureau.language),
        values={
            "bureau_name": bureau.name,
            "invoice_number": event.number,
            "month": event.month,
            "total_text": money_text(event.total, bureau.language),
            "due_on": date_text(event.due_on, bureau.language),
        },
        link=("invoice", event.invoice_id),
        about=("invoice", event.invoice_id),
        bureau_id=event.tenant,
    )
    await add_intents(session, intents=[intent])
