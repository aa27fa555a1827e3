from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Actor
from services.cases.people import commands
from shared.bus.handlers import Handlers
from shared.clock import utcnow
from shared.events.identity import EmployeeDeactivated

handlers = Handlers("cases")


@handlers.on(EmployeeDeactivated, queue="hand-over")
async def hand_over(event: EmployeeDeactivated, session: AsyncSession) -> None:
    by = Actor("bureau", event.actor_id or event.user_id)
    await commands.hand_over_cases(session, leaving=event, by=by, at=utcnow())
