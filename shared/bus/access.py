"""The reactions that every service but identity has: they keep copies of who may do what, and of which
log-ins have ended."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.handlers import Handlers
from shared.database.access import AccessEvent, keep_access, keep_ended
from shared.events.identity import EmployeeEvent, MemberEvent
from shared.events.sessions import SessionsEnded


def include_access(handlers: Handlers) -> None:
    @handlers.on_batch(EmployeeEvent, MemberEvent, queue="track-access")
    async def track_access(events: Sequence[AccessEvent], session: AsyncSession) -> None:
        await keep_access(session, events)

    # No copy that is filled again: whatever is older than an hour refuses nothing.
    @handlers.on_batch(SessionsEnded, queue="track-session", copies=False)
    async def track_session(events: Sequence[SessionsEnded], session: AsyncSession) -> None:
        await keep_ended(session, events)
