"""Reactions to events, each one call to a command."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases import commands
from services.cases.actors import Actor
from services.cases.parties.handlers import handlers as parties_handlers
from shared.bus.access import include_access
from shared.bus.handlers import Handlers
from shared.clock import utcnow
from shared.events.identity import EmployeeDeactivated

handlers = Handlers("cases")
handlers.include(parties_handlers)
include_access(handlers)


@handlers.on(EmployeeDeactivated, queue="hand-over")
async def hand_over(event: EmployeeDeactivated, session: AsyncSession) -> None:
    await commands.take_over_from(
        session,
        bureau_id=event.tenant,
        employee_id=event.employee_id,
        to=event.transfer_to,
        by=Actor("bureau", event.actor_id or event.user_id),
        at=utcnow(),
    )
