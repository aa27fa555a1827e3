from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.copies.tables import Case, Collaboration


async def find_open_collaboration(
    session: AsyncSession, bureau_id: UUID, customer_id: UUID
) -> Collaboration | None:
    """The newest one: the event that ended an earlier one may not have arrived yet."""
    statement = select(Collaboration).where(
        Collaboration.bureau_id == bureau_id, Collaboration.customer_id == customer_id, Collaboration.active
    )
    return await session.scalar(statement.order_by(Collaboration.collaboration_id.desc()).limit(1))


async def list_collaborations_of_account(session: AsyncSession, account_id: UUID) -> Sequence[Collaboration]:
    """The open ones, with all bureaus; the newest with each customer."""
    statement = select(Collaboration).where(Collaboration.account_id == account_id, Collaboration.active)
    rows = await session.scalars(statement.order_by(Collaboration.collaboration_id))
    return list({(row.bureau_id, row.customer_id): row for row in rows}.values())


async def list_cases_held(
    session: AsyncSession, bureau_id: UUID, employee_id: UUID
) -> Sequence[Row[UUID, str]]:
    """(id, number) of the cases that the employee holds and that have not ended."""
    statement = select(Case.case_id.label("id"), Case.number).where(
        Case.bureau_id == bureau_id, Case.assignee_id == employee_id, Case.active
    )
    return (await session.execute(statement.order_by(Case.number))).all()
