from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.copies.tables import Collaboration


async def find_open_collaboration(
    session: AsyncSession, bureau_id: UUID, customer_id: UUID
) -> Collaboration | None:
    """The newest one: the event that ended an earlier one may not have arrived yet."""
    statement = select(Collaboration).where(
        Collaboration.bureau_id == bureau_id, Collaboration.customer_id == customer_id, Collaboration.active
    )
    return await session.scalar(statement.order_by(Collaboration.collaboration_id.desc()).limit(1))
