from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.prices.tables import Price


async def all_prices(session: AsyncSession) -> Sequence[Price]:
    return (await session.scalars(select(Price).order_by(Price.version))).all()
