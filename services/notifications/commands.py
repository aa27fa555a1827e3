"""What is mailed for which event, and to whom. News of cases: see cases/commands.py."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.queries import administrators_of, bureau_of
from services.notifications.feed.commands import add_notifications
from services.notifications.intents import Intent, Recipient, add_intents
from services.notifications.wording import date_text, money_text
from shared.clock import stockholm_date
from shared.events.billing import InvoiceIssued
from shared.events.identity import EmployeeAdded, PasswordResetRequested, UserRegistered
from shared.events.invitations import InvitationAcceptanceRefused, InvitationMailed


async def mail_verification(session: AsyncSession, event: UserRegistered) -> None:
    intent = Intent(
        kind="verify_address",
        key=str(event.id),
        to=Recipient(event.email, event.language, event.user_id),
        values={"name": event.name},
        link=("verify", event.verification_id),
        about=("person", event.user_id),
    )
    await add_intents(session, [intent])


async def mail_password_reset(session: AsyncSession, event: PasswordResetRequested) -> None:
    intent = Intent(
        kind="password_reset",
        key=str(event.id),
        to=Recipient(event.email, event.language, event.user_id),
        values={"name": event.name},
        link=("password-reset", event.reset_id),
        about=("person", event.user_id),
    )
    await add_intents(session, [intent])


async def welcome_employee(session: AsyncSession, event: EmployeeAdded) -> None:
    """Only whoever has no password yet; the others know their way in."""
    if event.password_reset_id is None:
        return
    bureau = await bureau_of(session, event.tenant)
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
    await add_intents(session, [intent])


async def mail_invitation(session: AsyncSession, event: InvitationMailed, *, kind: str) -> None:
    bureau = await bureau_of(session, event.tenant)
    intent = Intent(
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
    await add_intents(session, [intent])


async def mail_acceptance_refused(session: AsyncSession, event: InvitationAcceptanceRefused) -> None:
    bureau = await bureau_of(session, event.tenant)
    administrators = await administrators_of(session, event.account_id)
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
    await add_intents(session, intents)
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


async def mail_invoice(session: AsyncSession, event: InvoiceIssued) -> None:
    bureau = await bureau_of(session, event.tenant)
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
    await add_intents(session, [intent])
