from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.acknowledgements.tables import Acknowledgement
from services.cases.case.tables import Case


async def list_acknowledgements(session: AsyncSession, case: Case) -> Sequence[Acknowledgement]:
    """In the order in which they came."""
    wanted = select(Acknowledgement).where(
        Acknowledgement.bureau_id == case.bureau_id, Acknowledgement.case_id == case.id
    )
    return (await session.scalars(wanted.order_by(Acknowledgement.at))).all()


async def is_acknowledged(session: AsyncSession, case: Case, reachable: Collection[UUID]) -> bool:
    """Whether the bureau asked for it and all have said it who still can, at least one person."""
    readers = {each.user_id for each in await list_acknowledgements(session, case)}
    return case.must_acknowledge and bool(readers) and readers.issuperset(reachable)
