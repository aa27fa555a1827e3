from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.prices.tables import Price


async def list_prices(session: AsyncSession) -> Sequence[Price]:
    """All there have been, in the order in which they were set; the same for every bureau."""
    return (await session.scalars(select(Price).order_by(Price.version))).all()
