from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.tables import Case

LARGEST_BATCH = 1000


async def list_resolved_before(session: AsyncSession, at: datetime) -> Sequence[Any]:
    """(bureau, case) of the cases of all bureaus that were resolved before this time, the earliest first."""
    wanted = select(Case.bureau_id, Case.id).where(Case.status == "resolved", Case.resolved_at < at)
    return (await session.execute(wanted.order_by(Case.resolved_at).limit(LARGEST_BATCH))).all()
