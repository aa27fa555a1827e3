from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.prices.tables import Price

_ONE_AT_A_TIME = 7303


async def lock_prices(session: AsyncSession) -> Sequence[Price]:
    """As `list_prices`, while nobody else adds one."""
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    return await list_prices(session)


async def list_prices(session: AsyncSession) -> Sequence[Price]:
    """All there have been, in the order in which they were set; the same for every bureau."""
    return (await session.scalars(select(Price).order_by(Price.version))).all()
