"""The walls between tenants: the settings of a transaction that the row-level security policies read."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.addresses import normalised
from shared.database.idempotency import CLAIM, Claim
from shared.errors import InvalidToken
from shared.principals import EmployeeHat, MemberHat, Principal

# Setting the walls, reading today's permissions, looking whether the log-in has ended and claiming the
# idempotency key are one round trip.
_WALLS = (
    "select set_config('arende.bureau', :bureau, true), set_config('arende.account', :account, true),"
    " set_config('arende.email', :email, true), set_config('arende.user', :person, true),"
    " (select to_jsonb(a) from access a where a.user_id = :user and a.hat_id = :hat),"
    " exists (select from ended_sessions e where e.session_id = :session)"
)
_ENTER = text(f"{_WALLS}, true")
_ENTER_CLAIMING = text(f"with claimed as ({CLAIM}) {_WALLS}, exists (select from claimed)")
_TENANT = text("select set_config('arende.bureau', :bureau, true)")
_PERSON = text("select set_config('arende.user', :user, true)")


async def set_tenant(session: AsyncSession, bureau_id: UUID | None) -> None:
    """Let the transaction reach the rows of one bureau until it ends; of no bureau, where it is None."""
    if session.info.get("bureau_id") != bureau_id:
        await session.execute(_TENANT, {"bureau": str(bureau_id or "")})
        session.info["bureau_id"] = bureau_id


async def set_person(session: AsyncSession, user_id: UUID) -> None:
    """Let the transaction reach one person's own rows, such as their hats, before a hat is chosen."""
    await session.execute(_PERSON, {"user": str(user_id)})


async def enter(
    session: AsyncSession, principal: Principal, claim: Claim | None
) -> tuple[dict[str, Any] | None, bool]:
    """Set the walls for this caller. Returns the caller's row of `access`, if there is one, and whether
    the idempotency key was claimed by this request. Raises InvalidToken where the log-in has ended."""
    hat = principal.hat
    bureau_id = hat.bureau_id if isinstance(hat, EmployeeHat) else None
    account_id = hat.account_id if isinstance(hat, MemberHat) else None
    caller = {
        "bureau": str(bureau_id or ""),
        "account": str(account_id or ""),
        "email": normalised(principal.email) if principal.email_verified else "",
        "person": str(principal.sub),
        "user": principal.sub,
        "hat": hat.hat_id if hat else None,
        "session": principal.session_id,
    }
    entered = session.execute(_ENTER_CLAIMING if claim else _ENTER, caller | (vars(claim) if claim else {}))
    row: Any = (await entered).one()
    session.info["bureau_id"] = bureau_id
    permissions, has_ended, is_new = row[4:]
    if has_ended:
        raise InvalidToken().note(reason="session_ended", person=principal.sub)
    return permissions, is_new
