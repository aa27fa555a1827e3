"""What is mailed about which event, and to whom; one command for each reaction.

The mails about cases are in the room `case_news`.
"""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.copies.queries import (
    find_responsible,
    get_administrators,
    get_bureau,
    get_customer,
    list_bill_readers,
    list_contact_emails,
    list_known_emails,
)
from services.notifications.copies.tables import Bureau, Member
from services.notifications.feed.commands import add_notifications
from services.notifications.mails.intents import Intent, Recipient, add_intents
from services.notifications.mails.words import change_text, date_text, money_text
from shared.clock import stockholm_date
from shared.events.billing import InvoiceIssued
from shared.events.credentials import CredentialsChanged
from shared.events.identity import (
    AccountAdministratorChanged,
    EmployeeAdded,
    MemberAdded,
    PasswordChanged,
    PasswordResetRequested,
    SignUpRepeated,
    UserRegistered,
)
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


async def mail_password_change(session: AsyncSession, *, event: PasswordChanged) -> None:
    await add_intents(session, intents=[_warning("password_changed", event)])


async def mail_repeated_sign_up(session: AsyncSession, *, event: SignUpRepeated) -> None:
    await add_intents(session, intents=[_warning("sign_up_repeated", event)])


def _warning(kind: str, event: PasswordChanged | SignUpRepeated) -> Intent:
    """Leads to where a new password is asked for: the mail itself opens nothing."""
    return Intent(
        kind=kind,
        key=str(event.id),
        to=Recipient(event.email, event.language, event.user_id),
        values={"name": event.name},
        link=("new-password", event.user_id),
        about=("person", event.user_id),
    )


async def mail_credentials_changed(session: AsyncSession, *, event: CredentialsChanged) -> None:
    """Whoever did it, the person is told: it may have been somebody else."""
    intent = Intent(
        kind="credentials_changed",
        key=str(event.id),
        to=Recipient(event.email, event.language, event.user_id),
        values={"name": event.name, "what_happened": change_text(event.change, event.language)},
        link=("credentials", event.user_id),
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


async def mail_member_welcome(session: AsyncSession, *, event: MemberAdded) -> None:
    """Only a member whose address is not verified is welcomed: the link is where a password is chosen."""
    if event.password_reset_id is None:
        return
    intent = Intent(
        kind="member_welcome",
        key=str(event.id),
        to=Recipient(event.email, event.language, event.user_id),
        values={
            "name": event.name,
            "account_name": event.account_name or "",
            "added_by_name": event.added_by_name or "",
        },
        link=("password-reset", event.password_reset_id),
        about=("person", event.user_id),
    )
    await add_intents(session, intents=[intent])


async def mail_administrator_changed(session: AsyncSession, *, event: AccountAdministratorChanged) -> None:
    """The employee responsible for the customer is told, by mail and in the feed; where that copy has not
    come, the bureau's own address gets the mail."""
    bureau = await get_bureau(session, event.tenant)
    customer = await get_customer(session, event.customer_id, bureau_id=event.tenant)
    responsible = await find_responsible(session, customer)
    language = responsible.language if responsible else bureau.language
    intent = Intent(
        kind="administrator_added" if event.administrator else "administrator_removed",
        key=str(event.id),
        to=Recipient(responsible.email, language, responsible.user_id)
        if responsible
        else Recipient(bureau.email, language),
        values={
            "customer_name": customer.name,
            "person_name": event.name,
            "person_email": event.email,
            "changed_on": date_text(stockholm_date(event.time), language),
        },
        link=("customer", event.customer_id),
        about=("customer", event.customer_id),
        bureau_id=event.tenant,
        customer_id=event.customer_id,
    )
    await add_intents(session, intents=[intent])
    add_notifications(
        session,
        bureau_id=event.tenant,
        user_ids=[responsible.user_id] if responsible else [],
        hat_id=event.tenant,
        kind=intent.kind,
        about="customer",
        about_id=event.customer_id,
        case_number=None,
        at=event.time,
    )


async def mail_invitation(session: AsyncSession, *, event: InvitationMailed) -> None:
    await _mail_invitation(session, event, kind="invitation")


async def mail_invitation_reminder(session: AsyncSession, *, event: InvitationReminded) -> None:
    await _mail_invitation(session, event, kind="invitation_reminder")


async def _mail_invitation(session: AsyncSession, event: InvitationMailed, *, kind: str) -> None:
    """It leaves while the register has the invited person under this address. What the register has not told
    of yet is taken at the word of the invitation."""
    bureau = await get_bureau(session, event.tenant)
    known = await list_known_emails(session, bureau_id=event.tenant, customer_id=event.customer_id)
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
        customer_id=event.customer_id,
        as_contact=event.email in known,
    )
    await add_intents(session, intents=[intent])


async def mail_acceptance_refused(session: AsyncSession, *, event: InvitationAcceptanceRefused) -> None:
    """Every administrator of the account is told, by mail and in the feed.

    Only who is among the customer's contacts is told names: anybody can have opened an account for the
    company's organisation number, and learns nothing from it of a bureau and its people.
    """
    bureau = await get_bureau(session, event.tenant)
    administrators = await get_administrators(session, event.account_id)
    contacts = await list_contact_emails(session, bureau_id=event.tenant, customer_id=event.customer_id)
    intents = [
        _refused_to_contact(event, each, bureau) if each.email in contacts else _refused(event, each)
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


def _refused(event: InvitationAcceptanceRefused, to: Member) -> Intent:
    return Intent(
        kind="acceptance_refused_unnamed",
        key=f"{event.id}/{to.user_id}",
        to=Recipient(to.email, to.language, to.user_id, event.account_id),
        values={},
        link=("account", event.account_id),
        about=("invitation", event.invitation_id),
        bureau_id=event.tenant,
        customer_id=event.customer_id,
    )


def _refused_to_contact(event: InvitationAcceptanceRefused, to: Member, bureau: Bureau) -> Intent:
    names = {
        "bureau_name": bureau.name,
        "customer_name": event.customer_name,
        "person_name": event.person_name,
    }
    unnamed = _refused(event, to)
    return replace(unnamed, kind="acceptance_refused", values=names, sender=bureau.name, as_contact=True)


async def mail_invoice(session: AsyncSession, *, event: InvoiceIssued) -> None:
    """The mail goes to the bureau's own address, which is the one for invoices. Who may read the bureau's
    invoices sees it in the feed."""
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
    add_notifications(
        session,
        bureau_id=event.tenant,
        user_ids=await list_bill_readers(session, event.tenant),
        hat_id=event.tenant,
        kind=intent.kind,
        about="invoice",
        about_id=event.invoice_id,
        case_number=None,
        at=event.time,
    )
