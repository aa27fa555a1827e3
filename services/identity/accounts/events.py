"""The events of a member. Each one carries the whole present state."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.accounts.tables import Membership
from services.identity.people.tables import User
from shared.bus import outbox
from shared.database.access import keep_access
from shared.events.identity import MemberAdded, MemberRemoved, MemberRoleChanged


async def publish_member(
    session: AsyncSession,
    kind: type[MemberAdded] | type[MemberRoleChanged] | type[MemberRemoved],
    membership: Membership,
    user: User,
) -> None:
    """Also makes the change hold for access tokens that the person already has."""
    event = kind.model_validate(
        {
            "sequence": membership.version,
            "account_id": membership.account_id,
            "user_id": user.id,
            "name": user.name,
            "email": user.email,
            "language": user.language,
            "role": membership.role,
        }
    )
    outbox.add(session, event)
    await keep_access(session, [event])
