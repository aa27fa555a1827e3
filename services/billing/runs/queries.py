from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.runs.tables import BillingRun
from shared.errors import NotFound


async def run(session: AsyncSession, run_id: UUID) -> BillingRun:
    """For operators, who see all bureaus' bills. Raises NotFound."""
    found = await session.get(BillingRun, run_id)
    if found is None:
        raise NotFound("billing run")
    return found


async def lock_queued(session: AsyncSession) -> BillingRun | None:
    queued = (
        select(BillingRun)
        .where(BillingRun.status == "queued")
        .order_by(BillingRun.requested_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return await session.scalar(queued)
