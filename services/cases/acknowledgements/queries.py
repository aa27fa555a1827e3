from collections.abc import Sequence

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
