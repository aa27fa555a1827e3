"""What a person may do now, where that has changed since their access token was issued, and which log-ins
have ended.

Identity writes these rows in the transaction of the change, and the other services keep a copy from its
events. So a person who is removed, restricted or logged out loses access at once, or as soon as the event has
come.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.copies import keep_newer
from shared.database.old_rows import deletion
from shared.database.tables import access
from shared.errors import InvalidToken
from shared.events.identity import EmployeeEvent, MemberEvent
from shared.events.sessions import SessionsEnded
from shared.principals import Principal

AccessEvent = EmployeeEvent | MemberEvent
# Sorted, so that two transactions with the same ids wait for each other instead of deadlocking.
_KEEP_ENDED = text(
    "insert into ended_sessions (session_id)"
    " select distinct id from unnest(cast(:ids as uuid[])) as id order by id on conflict do nothing"
)
# Twice as long as any token lives (shared/tokens.py).
_FORGET_ENDED = deletion("ended_sessions", moment="kept_at", hours=2)


def effective_hat(principal: Principal, row: dict[str, Any] | None) -> Principal:
    """The principal with today's permissions. Raises InvalidToken if the person no longer has the hat."""
    if row is None or principal.hat is None:
        return principal
    if datetime.fromisoformat(row["changed_at"]).timestamp() <= principal.iat:
        return principal
    if not row["active"]:
        raise InvalidToken().note(reason="hat_gone", person=principal.sub)
    return principal.model_copy(update={"hat": principal.hat.model_copy(update=row["permissions"])})


def access_row(event: AccessEvent) -> dict[str, Any]:
    permissions: dict[str, Any] = (
        {"role": event.role}
        if isinstance(event, MemberEvent)
        else {
            "account_role": event.account_role,
            "maintenance": event.maintenance,
            "customers": event.customers,
        }
    )
    hat_id: UUID = event.account_id if isinstance(event, MemberEvent) else event.tenant
    return {
        "user_id": event.user_id,
        "hat_id": hat_id,
        "sequence": event.sequence,
        "changed_at": event.time,
        "active": not event.ends,
        "permissions": permissions,
    }


async def keep_access(session: AsyncSession, events: Sequence[AccessEvent]) -> None:
    """Keep the newest state of each hat. The sequences of employees and members are counted per hat."""
    await keep_newer(session, access, map(access_row, events))


async def keep_ended(session: AsyncSession, events: Sequence[SessionsEnded]) -> None:
    """Refuse the access tokens of these log-ins from now on."""
    await session.execute(_KEEP_ENDED, {"ids": [each for event in events for each in event.session_ids]})


async def forget_ended(session: AsyncSession, *, limit: int) -> int:
    """Delete log-ins whose tokens have all expired, at most so many; returns how many they were."""
    return len((await session.execute(_FORGET_ENDED, {"limit": limit})).all())
