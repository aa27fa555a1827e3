"""Ticking the document duties."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.customers.checklist import queries
from services.identity.customers.checklist.schemas import DutyCode, DutyOut
from services.identity.customers.tables import Duty
from shared.bus import outbox
from shared.events.identity import DutyConfirmed


async def confirm_duty(
    session: AsyncSession, code: DutyCode, *, bureau_id: UUID, by: UUID, at: datetime
) -> DutyOut:
    """The first who ticks it stays the one who did."""
    ticked = await session.execute(
        insert(Duty)
        .values(bureau_id=bureau_id, code=code, confirmed_by=by, confirmed_at=at)
        .on_conflict_do_nothing()
        .returning(Duty.code)
    )
    if ticked.first() is not None:
        outbox.add(session, DutyConfirmed(bureau_id=bureau_id, duty=code, confirmed_by=by, time=at))
    return next(duty for duty in await queries.duties(session, bureau_id) if duty.code == code)
