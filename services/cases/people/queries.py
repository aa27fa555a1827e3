from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.tables import Case


async def lock_cases_of_employee(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Sequence[Case]:
    """The cases that have not ended and that the employee holds or follows."""
    wanted = (
        select(Case)
        .where(
            Case.bureau_id == bureau_id,
            Case.status.not_in(("closed", "cancelled")),
            or_(Case.assignee_id == employee_id, Case.follower_ids.contains([employee_id])),
        )
        .order_by(Case.id)
        .with_for_update()
    )
    return (await session.scalars(wanted)).all()
