"""The events of invitations and collaborations that are news to the bureau."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.invitation_news import commands
from services.notifications.invitation_news.commands import Answer
from shared.bus.handlers import Handlers
from shared.events.invitations import CollaborationEnded, InvitationAcceptanceRefused

handlers = Handlers("notifications")


@handlers.on(*commands.ANSWERS, queue="mail-invitation-answer")
async def mail_invitation_answer(event: Answer, session: AsyncSession) -> None:
    await commands.mail_answer(session, event=event)


@handlers.on(InvitationAcceptanceRefused, queue="mail-refusal-to-bureau")
async def mail_refusal_to_bureau(event: InvitationAcceptanceRefused, session: AsyncSession) -> None:
    await commands.mail_refusal(session, event=event)


@handlers.on(CollaborationEnded, queue="mail-collaboration-ended")
async def mail_collaboration_ended(event: CollaborationEnded, session: AsyncSession) -> None:
    await commands.mail_end(session, event=event)
