from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.copies.queries import find_status
from services.billing.subscriptions import queries
from services.billing.subscriptions.errors import NotAllowedToBuy, QuoteChanged
from services.billing.subscriptions.tables import OPEN, Subscription
from shared.approval import require_approved, require_verified
from shared.bus import outbox
from shared.callers import CallerEmployee
from shared.clock import stockholm_date
from shared.errors import NotFound
from shared.events.billing import (
    CaseManagementActivated,
    CaseManagementCancelled,
    CaseManagementEnded,
    CaseManagementEvent,
)
from shared.ids import uuid7

# Subscriptions that end in one transaction.
BATCH = 500


async def buy_subscription(
    session: AsyncSession, *, by: CallerEmployee, billable_customers: int, price_version: int, at: datetime
) -> tuple[Subscription, bool]:
    """Buys at the number of customers and the price that the buyer saw; raises QuoteChanged where they are
    others now. Returns the bureau's subscription, and whether this purchase made it: what is open already
    is the same purchase, and of what is cancelled but has not ended, the cancellation is taken back.
    """
    _require_rights(by)
    require_verified(by)
    require_approved(await find_status(session, by.bureau_id))
    latest = await queries.lock_subscription(session, by.bureau_id)
    if latest is not None and latest.holds_at(at):
        if latest.resume():
            outbox.add(session, _activated(latest))
        return latest, False
    quote = await queries.get_quote(session, by.bureau_id, at=at)
    if (billable_customers, price_version) != (quote.billable_customers, quote.price_version):
        raise QuoteChanged(quote=quote)
    if latest is not None and latest.status != "ended":
        _end(session, latest, at=at)
        await session.flush()  # a bureau has one open subscription
    version = latest.version + 1 if latest is not None else 1
    bought = await _insert(session, quote, by=by, version=version, at=at)
    if bought is None:
        return await queries.get_subscription(session, by.bureau_id), False
    outbox.add(session, _activated(bought))
    return bought, True


async def cancel_subscription(session: AsyncSession, *, by: CallerEmployee, at: datetime) -> Subscription:
    """Cancels to the end of the running month. Cancelling again changes nothing."""
    _require_rights(by)
    subscription = await queries.lock_subscription(session, by.bureau_id)
    if subscription is None:
        raise NotFound("subscription")
    if ends_on := subscription.cancel(at=at):
        outbox.add(session, _cancelled(subscription, ends_on=ends_on))
    return subscription


async def end_subscriptions(session: AsyncSession, *, at: datetime) -> int:
    """Ends those whose last day has passed, at most BATCH, and returns how many they were."""
    over = await queries.lock_past_end(session, today=stockholm_date(at), limit=BATCH)
    for subscription in over:
        _end(session, subscription, at=at)
    return len(over)


def _require_rights(by: CallerEmployee) -> None:
    """Raises NotAllowedToBuy unless the caller is an administrator with full maintenance."""
    missing: list[str] = []
    if by.account_role != "administrator":
        missing.append("account_role: administrator")
    if by.maintenance != "full":
        missing.append("maintenance: full")
    if missing:
        raise NotAllowedToBuy(missing=missing)


async def _insert(
    session: AsyncSession, quote: queries.Quote, *, by: CallerEmployee, version: int, at: datetime
) -> Subscription | None:
    """Returns None where another purchase was first; the insert has waited for it to commit."""
    today = stockholm_date(at)
    statement = insert(Subscription).values(
        id=uuid7(),
        bureau_id=by.bureau_id,
        status="active",
        activated_on=today,
        bought_by=by.employee_id,
        bought_at=at,
        billable_customers=quote.billable_customers,
        price_version=quote.price_version,
        count_from=today.replace(day=1),
        version=version,
    )
    once = statement.on_conflict_do_nothing(index_elements=["bureau_id"], index_where=OPEN)
    return await session.scalar(once.returning(Subscription))


def _end(session: AsyncSession, subscription: Subscription, *, at: datetime) -> None:
    subscription.end(at=at)
    outbox.add(session, _ended(subscription))


def subscription_event(subscription: Subscription) -> CaseManagementEvent:
    """The subscription as it is now."""
    if subscription.status == "ended":
        return _ended(subscription)
    if subscription.ends_on is not None:
        return _cancelled(subscription, ends_on=subscription.ends_on)
    return _activated(subscription)


def _ended(subscription: Subscription) -> CaseManagementEnded:
    return CaseManagementEnded(
        bureau_id=subscription.bureau_id,
        sequence=subscription.version,
        subscription_id=subscription.id,
    )


def _activated(subscription: Subscription) -> CaseManagementActivated:
    return CaseManagementActivated(
        bureau_id=subscription.bureau_id,
        sequence=subscription.version,
        subscription_id=subscription.id,
        activated_on=subscription.activated_on,
    )


def _cancelled(subscription: Subscription, *, ends_on: date) -> CaseManagementCancelled:
    return CaseManagementCancelled(
        bureau_id=subscription.bureau_id,
        sequence=subscription.version,
        subscription_id=subscription.id,
        ends_on=ends_on,
    )
