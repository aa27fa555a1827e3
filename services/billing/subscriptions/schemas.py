from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.billing.money import vat_on
from services.billing.prices.tables import Price
from shared.http.schemas import LARGEST_INT, Answer, Body, Money

Count = Annotated[int, Field(ge=0, le=LARGEST_INT)]


class QuoteOut(Answer):
    """Per month. VAT is 25 % of the month's cost, rounded half up to whole öre."""

    billable_customers: int
    price_per_customer: Money
    monthly_cost: Money
    vat: Money
    monthly_cost_with_vat: Money
    price_version: int

    @classmethod
    def of(cls, billable_customers: int, price: Price) -> "QuoteOut":
        cost = billable_customers * price.amount
        return cls(
            billable_customers=billable_customers,
            price_per_customer=Money(amount=price.amount),
            monthly_cost=Money(amount=cost),
            vat=Money(amount=vat_on(cost)),
            monthly_cost_with_vat=Money(amount=cost + vat_on(cost)),
            price_version=price.version,
        )


class PurchaseIn(Body):
    """What the buyer saw in the quote."""

    billable_customers: Count
    price_version: Count


class SubscriptionOut(Answer):
    """`ends_on`: the last day, where it is cancelled."""

    id: UUID
    status: Literal["active", "cancelled", "ended"]
    activated_on: date
    ends_on: date | None
    cancelled_at: datetime | None
    billable_customers: int
    price_version: int
