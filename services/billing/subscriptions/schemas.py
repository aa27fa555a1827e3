from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import LARGEST_INT, Answer, Body
from shared.money import Money

Count = Annotated[int, Field(strict=True, ge=0, le=LARGEST_INT)]


class QuoteOut(Answer):
    """What case management would cost the bureau per month, by what is known now."""

    billable_customers: int
    """Active customers, private individuals excepted."""
    price_per_customer: Money
    """Per month, without VAT."""
    monthly_cost: Money
    """The price of all of them, without VAT."""
    vat: Money
    """25 % of the month's cost, rounded half up to whole öre."""
    monthly_cost_with_vat: Money
    """What a month's invoice would come to."""
    price_version: int
    """Which price it is; a purchase names it."""


class PurchaseIn(Body):
    """What the buyer saw in the quote."""

    billable_customers: Count
    """From the quote; if the number has changed since, the purchase is refused with the new quote."""
    price_version: Count
    """From the quote; if the price has changed since, the purchase is refused with the new quote."""


class SubscriptionOut(Answer):
    """The bureau's purchase of case management."""

    id: UUID
    """A new one for each time that it is bought after it has ended."""
    status: Literal["active", "cancelled", "ended"]
    """A `cancelled` one can be used until its last day has passed; then it has `ended`."""
    activated_on: date
    """The day of the purchase, Swedish time; that month is billed in full."""
    ends_on: date | None
    """The last day, Swedish time, of one that is cancelled; null while it is active."""
    cancelled_at: datetime | None
    """Null while it is active."""
    billable_customers: int
    """How many there were when it was bought; each month is billed by its own count."""
    price_version: int
    """The price at which it was bought; each month is billed by the price of its last day."""
