"""The reaction that every service but identity has: it keeps a copy of who may do what."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.handlers import Handlers
from shared.database.access import AccessEvent, keep_access
from shared.events.identity import EmployeeEvent, MemberEvent


def include_access(handlers: Handlers) -> None:
    @handlers.on_batch(EmployeeEvent, MemberEvent, queue="track-access")
    async def track_access(events: Sequence[AccessEvent], session: AsyncSession) -> None:
        await keep_access(session, events)
