from services.billing.prices import commands
from services.billing.prices.errors import PriceTooEarly
from services.billing.prices.schemas import PriceIn, PriceOut
from shared.clock import utcnow
from shared.http.api import create_router
from shared.http.callers import Operator
from shared.http.problems import refusals
from shared.http.session import Session

router = create_router("billing")


@router.put("/v1/prices", responses=refusals(PriceTooEarly))
async def set_price(body: PriceIn, operator: Operator, session: Session) -> PriceOut:
    """Set the price from a day on

    For operators; it is the same for all bureaus. Months that are running or counted keep their price.
    Setting what already holds from that day changes nothing.
    """
    price = await commands.set_price(
        session, amount=body.amount.amount, valid_from=body.valid_from, at=utcnow()
    )
    return PriceOut.of(price)
