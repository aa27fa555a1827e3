"""The events of a member. Each one carries the whole present state."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.tables import Membership
from services.identity.copies.queries import list_collaborations_of_account
from services.identity.people.tables import User
from shared.bus import outbox
from shared.database.access import keep_access
from shared.events.identity import (
    AccountAdministratorChanged,
    MemberAdded,
    MemberEvent,
    MemberRemoved,
    MemberRoleChanged,
)

M = TypeVar("M", bound=MemberEvent)


async def publish_member(
    session: AsyncSession,
    kind: type[MemberAdded] | type[MemberRoleChanged] | type[MemberRemoved],
    membership: Membership,
    user: User,
    **more: UUID | str | None,
) -> None:
    """Also makes the change hold for access tokens that the person already has."""
    event = member_event(kind, membership, user, **more)
    outbox.add(session, event)
    await keep_access(session, [event])


def member_event(kind: type[M], membership: Membership, user: User, **more: Any) -> M:
    return kind.model_validate(
        {
            "sequence": membership.version,
            "account_id": membership.account_id,
            "user_id": user.id,
            "name": membership.shown_name(user),
            "email": user.email,
            "language": user.language,
            "role": membership.role,
            **more,
        }
    )


async def publish_administrator(
    session: AsyncSession, membership: Membership, user: User, *, at: datetime
) -> None:
    """Tells each bureau that has an open collaboration with the account, for each such customer."""
    collaborations = await list_collaborations_of_account(session, membership.account_id)
    events = [
        AccountAdministratorChanged(
            bureau_id=each.bureau_id,
            sequence=membership.version,
            time=at,
            account_id=membership.account_id,
            customer_id=each.customer_id,
            user_id=user.id,
            name=membership.shown_name(user),
            email=user.email,
            administrator=membership.is_administrator,
        )
        for each in collaborations
    ]
    outbox.add(session, *events)
