from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.subscriptions import queries
from services.billing.subscriptions.errors import NotAllowedToBuy, QuoteChanged
from services.billing.subscriptions.schemas import PurchaseIn
from services.billing.subscriptions.tables import OPEN, Subscription
from shared.bus import outbox
from shared.callers import CallerEmployee
from shared.clock import stockholm_date
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded
from shared.ids import uuid7

BATCH = 500


async def buy(
    session: AsyncSession, *, by: CallerEmployee, seen: PurchaseIn, at: datetime
) -> tuple[Subscription, bool]:
    """The bureau's subscription, and whether this purchase made it. Buying what is cancelled but has
    not ended takes the cancellation back."""
    require_rights(by)
    latest = await queries.latest_subscription(session, by.bureau_id, lock=True)
    if latest is not None and latest.status != "ended" and not latest.is_over(at):
        if latest.resume():
            outbox.add(session, _activated(latest))
        return latest, False
    quote = await queries.quote(session, by.bureau_id, at=at)
    if (seen.billable_customers, seen.price_version) != (quote.billable_customers, quote.price_version):
        raise QuoteChanged(quote=quote)
    if latest is not None and latest.status != "ended":
        _end(session, latest, at=at)
        await session.flush()  # a bureau has one open subscription
    version = latest.version + 1 if latest is not None else 1
    bought = await _insert(session, by=by, seen=seen, version=version, at=at)
    if bought is None:
        return await queries.subscription(session, by.bureau_id), False
    outbox.add(session, _activated(bought))
    return bought, True


async def _insert(
    session: AsyncSession, *, by: CallerEmployee, seen: PurchaseIn, version: int, at: datetime
) -> Subscription | None:
    """None where another purchase was there first: this one has waited for it to commit."""
    today = stockholm_date(at)
    statement = insert(Subscription).values(
        id=uuid7(),
        bureau_id=by.bureau_id,
        status="active",
        activated_on=today,
        bought_by=by.employee_id,
        bought_at=at,
        billable_customers=seen.billable_customers,
        price_version=seen.price_version,
        count_from=today.replace(day=1),
        version=version,
    )
    once = statement.on_conflict_do_nothing(index_elements=["bureau_id"], index_where=OPEN)
    return await session.scalar(once.returning(Subscription))


async def cancel(session: AsyncSession, *, by: CallerEmployee, at: datetime) -> Subscription:
    """To the end of the running month. Cancelling again changes nothing."""
    require_rights(by)
    subscription = await queries.subscription(session, by.bureau_id, lock=True)
    if ends_on := subscription.cancel(at=at):
        outbox.add(
            session,
            CaseManagementCancelled(
                bureau_id=subscription.bureau_id,
                sequence=subscription.version,
                subscription_id=subscription.id,
                ends_on=ends_on,
            ),
        )
    return subscription


async def end_subscriptions(session: AsyncSession, *, at: datetime) -> int:
    """End those whose last day has passed; answers how many, at most BATCH."""
    over = await queries.lock_over(session, today=stockholm_date(at), limit=BATCH)
    for subscription in over:
        _end(session, subscription, at=at)
    return len(over)


def require_rights(by: CallerEmployee) -> None:
    """Raises NotAllowedToBuy unless the caller is administrator and has full maintenance."""
    missing: list[str] = []
    if by.account_role != "administrator":
        missing.append("account_role: administrator")
    if by.maintenance != "full":
        missing.append("maintenance: full")
    if missing:
        raise NotAllowedToBuy(missing=missing)


def _activated(subscription: Subscription) -> CaseManagementActivated:
    return CaseManagementActivated(
        bureau_id=subscription.bureau_id,
        sequence=subscription.version,
        subscription_id=subscription.id,
        activated_on=subscription.activated_on,
    )


def _end(session: AsyncSession, subscription: Subscription, *, at: datetime) -> None:
    subscription.end(at=at)
    outbox.add(
        session,
        CaseManagementEnded(
            bureau_id=subscription.bureau_id,
            sequence=subscription.version,
            subscription_id=subscription.id,
        ),
    )
