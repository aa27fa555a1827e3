"""What billing owns and others keep copies of, as it is now."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.facts import queries
from services.billing.subscriptions.commands import subscription_event
from shared.bus.republish import FIRST, Facts, Told
from shared.events.billing import CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded


async def tell_subscriptions(
    session: AsyncSession, *, bureau_id: UUID | None, after: UUID | None, limit: int
) -> Told:
    rows = await queries.list_subscriptions(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    return [(row.bureau_id, subscription_event(row)) for row in rows]


FACTS = (
    Facts(
        "subscriptions",
        (CaseManagementActivated, CaseManagementCancelled, CaseManagementEnded),
        tell_subscriptions,
    ),
)
