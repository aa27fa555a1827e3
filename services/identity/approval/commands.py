"""An operator approves a bureau, or suspends it. `by` is the operator's user; None at the command line."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.approval import queries
from services.identity.approval.queries import Judged
from services.identity.bureaus.events import publish_bureau
from services.identity.bureaus.queries import lock_bureau
from shared import security
from shared.database.walls import set_tenant
from shared.events.identity import BureauApproved, BureauSuspended
from shared.versions import SeenVersion


async def approve_bureau(
    session: AsyncSession, *, bureau_id: UUID, by: UUID | None, seen: SeenVersion | None, at: datetime
) -> Judged:
    """Approves it under the name that it has now; approving again changes nothing. `seen`: the version that
    the operator looked at, so that no other name is approved than the one that was seen."""
    await set_tenant(session, bureau_id)
    bureau = await lock_bureau(session, bureau_id)
    if seen is not None:
        seen.require(bureau.version)
    if bureau.approve(by=by, at=at):
        publish_bureau(session, BureauApproved, bureau, by=by)
        security.note(session, "bureau_status_changed", bureau=bureau_id, status=bureau.status)
    return await queries.get_bureau(session, bureau_id)


async def suspend_bureau(session: AsyncSession, *, bureau_id: UUID, by: UUID | None, at: datetime) -> Judged:
    """Suspending again changes nothing."""
    await set_tenant(session, bureau_id)
    bureau = await lock_bureau(session, bureau_id)
    if bureau.suspend(by=by, at=at):
        publish_bureau(session, BureauSuspended, bureau, by=by)
        security.note(session, "bureau_status_changed", bureau=bureau_id, status=bureau.status)
    return await queries.get_bureau(session, bureau_id)
