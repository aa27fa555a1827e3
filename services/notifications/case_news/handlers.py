"""The events of cases that are news to somebody."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.case_news import commands
from shared.bus.handlers import Handlers
from shared.clock import utcnow
from shared.events.cases import CaseEvent, CaseSent

handlers = Handlers("notifications")


@handlers.on(CaseSent, queue="mail-case-sent")
async def mail_case_sent(event: CaseSent, session: AsyncSession) -> None:
    await commands.mail_case_sent(session, event=event)


@handlers.on(*commands.UPDATES, queue="mail-case-updated")
async def mail_case_updated(event: CaseEvent, session: AsyncSession) -> None:
    await commands.mail_case_updated(session, event=event, at=utcnow())
