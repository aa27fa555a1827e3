"""Ticking the document duties."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.checklist import queries
from services.identity.checklist.queries import DutyState
from services.identity.checklist.tables import Duty, DutyCode
from shared.bus import outbox
from shared.callers import CallerEmployee
from shared.events.identity import DutyConfirmed


async def confirm_duty(
    session: AsyncSession, *, code: DutyCode, by: CallerEmployee, at: datetime
) -> DutyState:
    """The first employee who ticks it remains the one who has confirmed it."""
    facts = {"bureau_id": by.bureau_id, "confirmed_by": by.employee_id}
    ticked = await session.execute(
        insert(Duty).values(**facts, code=code, confirmed_at=at).on_conflict_do_nothing().returning(Duty.code)
    )
    if ticked.first() is not None:
        outbox.add(session, DutyConfirmed(**facts, duty=code, time=at))
    return await queries.get_duty(session, by.bureau_id, code)
