from collections.abc import Collection, Sequence
from uuid import UUID

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


async def is_approved(session: AsyncSession, case: Case, reachable: Collection[UUID]) -> bool:
    """Whether the case's rule is met. A decision that was made counts whatever became of the person; nobody
    waits for one who can no longer decide. Where nobody has decided, nothing is approved."""
    asked = await list_approvals(session, case, voided=False)
    approved = [
        each.state == "approved" for each in asked if each.state != "pending" or each.user_id in reachable
    ]
    return any(approved) and (case.approval_rule == "one" or all(approved))
