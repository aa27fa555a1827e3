"""The events about which a mail is sent; those of cases are in the room `case_news`."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.mails import commands
from shared.bus.handlers import Handlers
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
from shared.events.invitations import (
    InvitationAcceptanceRefused,
    InvitationMailed,
    InvitationReminded,
    InvitationResent,
    InvitationSent,
)

handlers = Handlers("notifications")


@handlers.on(UserRegistered, queue="mail-verify-address")
async def mail_verification(event: UserRegistered, session: AsyncSession) -> None:
    await commands.mail_verification(session, event=event)


@handlers.on(PasswordResetRequested, queue="mail-password-reset")
async def mail_password_reset(event: PasswordResetRequested, session: AsyncSession) -> None:
    await commands.mail_password_reset(session, event=event)


@handlers.on(PasswordChanged, queue="mail-password-change")
async def mail_password_change(event: PasswordChanged, session: AsyncSession) -> None:
    await commands.mail_password_change(session, event=event)


@handlers.on(SignUpRepeated, queue="mail-repeated-sign-up")
async def mail_repeated_sign_up(event: SignUpRepeated, session: AsyncSession) -> None:
    await commands.mail_repeated_sign_up(session, event=event)


@handlers.on(CredentialsChanged, queue="mail-credentials-changed")
async def mail_credentials_changed(event: CredentialsChanged, session: AsyncSession) -> None:
    await commands.mail_credentials_changed(session, event=event)


@handlers.on(EmployeeAdded, queue="mail-employee-welcome")
async def mail_employee_welcome(event: EmployeeAdded, session: AsyncSession) -> None:
    await commands.mail_employee_welcome(session, event=event)


@handlers.on(MemberAdded, queue="mail-member-welcome")
async def mail_member_welcome(event: MemberAdded, session: AsyncSession) -> None:
    await commands.mail_member_welcome(session, event=event)


@handlers.on(AccountAdministratorChanged, queue="mail-administrator-changed")
async def mail_administrator_changed(event: AccountAdministratorChanged, session: AsyncSession) -> None:
    await commands.mail_administrator_changed(session, event=event)


@handlers.on(InvitationSent, InvitationResent, queue="mail-invitation")
async def mail_invitation(event: InvitationMailed, session: AsyncSession) -> None:
    await commands.mail_invitation(session, event=event)


@handlers.on(InvitationReminded, queue="mail-invitation-reminder")
async def mail_invitation_reminder(event: InvitationReminded, session: AsyncSession) -> None:
    await commands.mail_invitation_reminder(session, event=event)


@handlers.on(InvitationAcceptanceRefused, queue="mail-acceptance-refused")
async def mail_acceptance_refused(event: InvitationAcceptanceRefused, session: AsyncSession) -> None:
    await commands.mail_acceptance_refused(session, event=event)


@handlers.on(InvoiceIssued, queue="mail-invoice")
async def mail_invoice(event: InvoiceIssued, session: AsyncSession) -> None:
    await commands.mail_invoice(session, event=event)
