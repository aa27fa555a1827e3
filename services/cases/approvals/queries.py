from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.approvals.tables import Approval
from services.cases.case.tables import Case


async def list_approvals(session: AsyncSession, case: Case, *, voided: bool = True) -> Sequence[Approval]:
    """In the order in which they were asked for, with or without those that a new document has voided."""
    wanted = select(Approval).where(Approval.bureau_id == case.bureau_id, Approval.case_id == case.id)
    if not voided:
        wanted = wanted.where(Approval.voided_at.is_(None))
    return (await session.scalars(wanted.order_by(Approval.id))).all()
