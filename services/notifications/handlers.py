"""Reactions to events, each one call to a command."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications import commands
from services.notifications.cases.handlers import handlers as cases
from services.notifications.copies.handlers import handlers as copies
from services.notifications.partners.handlers import handlers as partners
from shared.bus.access import include_access
from shared.bus.handlers import Handlers
from shared.events.billing import InvoiceIssued
from shared.events.identity import EmployeeAdded, PasswordResetRequested, UserRegistered
from shared.events.invitations import (
    InvitationAcceptanceRefused,
    InvitationMailed,
    InvitationReminded,
    InvitationResent,
    InvitationSent,
)

handlers = Handlers("notifications")
include_access(handlers)
handlers.include(copies)
handlers.include(cases)
handlers.include(partners)


@handlers.on(UserRegistered, queue="mail-verify-address")
async def mail_verification(event: UserRegistered, session: AsyncSession) -> None:
    await commands.mail_verification(session, event)


@handlers.on(PasswordResetRequested, queue="mail-password-reset")
async def mail_password_reset(event: PasswordResetRequested, session: AsyncSession) -> None:
    await commands.mail_password_reset(session, event)


@handlers.on(EmployeeAdded, queue="mail-employee-welcome")
async def welcome_employee(event: EmployeeAdded, session: AsyncSession) -> None:
    await commands.welcome_employee(session, event)


@handlers.on(InvitationSent, InvitationResent, queue="mail-invitation")
async def mail_invitation(event: InvitationMailed, session: AsyncSession) -> None:
    await commands.mail_invitation(session, event, kind="invitation")


@handlers.on(InvitationReminded, queue="mail-invitation-reminder")
async def mail_invitation_reminder(event: InvitationReminded, session: AsyncSession) -> None:
    await commands.mail_invitation(session, event, kind="invitation_reminder")


@handlers.on(InvitationAcceptanceRefused, queue="mail-acceptance-refused")
async def mail_acceptance_refused(event: InvitationAcceptanceRefused, session: AsyncSession) -> None:
    await commands.mail_acceptance_refused(session, event)


@handlers.on(InvoiceIssued, queue="mail-invoice")
async def mail_invoice(event: InvoiceIssued, session: AsyncSession) -> None:
    await commands.mail_invoice(session, event)
