from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.prices import queries
from services.billing.prices.errors import PriceTooEarly
from services.billing.prices.tables import Price
from shared.clock import first_day, month_at, next_month


async def set_price(session: AsyncSession, *, amount: int, valid_from: date, at: datetime) -> Price:
    """Adds a version, unless it is what already holds from that day. `amount` is in öre, without VAT.
    Raises PriceTooEarly: a month that is running or counted keeps its price."""
    first = first_day(next_month(month_at(at)))
    if valid_from.day != 1 or valid_from < first:
        raise PriceTooEarly(first=first.isoformat())
    same_day = [price for price in await queries.lock_prices(session) if price.valid_from == valid_from]
    if same_day and same_day[-1].amount == amount:
        return same_day[-1]
    price = Price(amount=amount, valid_from=valid_from, set_at=at)
    session.add(price)
    await session.flush()  # the database gives the version
    return price
