"""What invitations owns and others keep copies of, as it is now."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.commands import collaboration_event
from services.invitations.facts import queries
from services.invitations.invitation.commands import acceptance_refused
from shared.bus.republish import FIRST, Facts, Told
from shared.events.invitations import CollaborationEnded, CollaborationOpened, InvitationAcceptanceRefused


async def tell_collaborations(
    session: AsyncSession, *, bureau_id: UUID | None, after: UUID | None, limit: int
) -> Told:
    rows = await queries.list_collaborations(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    return [(row.id, collaboration_event(row)) for row in rows]


async def tell_refusals(
    session: AsyncSession, *, bureau_id: UUID | None, after: UUID | None, limit: int
) -> Told:
    """The person is told to nobody again: copies keep the bureau and the account only."""
    rows = await queries.list_refused(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    return [
        (row.id, acceptance_refused(row, account_id=row.told_account_id, person_name=""))
        for row in rows
        if row.told_account_id
    ]


FACTS = (
    Facts("collaborations", (CollaborationOpened, CollaborationEnded), tell_collaborations),
    Facts("refused acceptances", (InvitationAcceptanceRefused,), tell_refusals),
)
