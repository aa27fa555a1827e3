from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import CLOCK, Actor
from services.cases.people import commands
from shared.bus.handlers import Handlers
from shared.clock import utcnow
from shared.events.identity import (
    ContactChanged,
    ContactEvent,
    ContactRemoved,
    EmployeeDeactivated,
    MemberEvent,
    MemberRemoved,
    MemberRoleChanged,
)

handlers = Handlers("cases")


@handlers.on(EmployeeDeactivated, queue="hand-over")
async def hand_over(event: EmployeeDeactivated, session: AsyncSession) -> None:
    by = Actor("bureau", event.actor_id or event.user_id)
    await commands.hand_over_cases(session, leaving=event, by=by, at=utcnow())


@handlers.on(ContactChanged, ContactRemoved, queue="release-contact")
async def release_contact(event: ContactEvent, session: AsyncSession) -> None:
    by = Actor("bureau", event.actor_id or CLOCK.user_id)
    await commands.release_contact(session, event=event, by=by, at=utcnow())


@handlers.on(MemberRoleChanged, MemberRemoved, queue="release-member")
async def release_member(event: MemberEvent, session: AsyncSession) -> None:
    by = Actor("customer", event.actor_id or event.user_id)
    await commands.release_member(session, event=event, by=by, at=utcnow())
