from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies.tables import Bureau
from services.invitations.invitation.tables import Invitation
from shared.callers import CallerPerson
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound

_OPEN_BY_LINK = text("select set_config('arende.invitation', :id, true)")


class Received(NamedTuple):
    """`bureau_name` is None until identity's news of the bureau has come."""

    invitation: Invitation
    bureau_name: str | None


async def list_received(
    session: AsyncSession, paging: PageRequest, *, by: CallerPerson
) -> Sequence[Received]:
    """What was sent to the person's address, the latest first; nothing while it is not verified."""
    if not by.email_verified:
        return []
    statement = keyset(
        _received().where(Invitation.email == by.email),
        paging,
        Invitation.sent_at,
        Invitation.id,
        descending=True,
    )
    return [Received(*row) for row in await session.execute(statement)]


async def get_received(session: AsyncSession, invitation_id: UUID) -> Received:
    """One that was sent to the caller's verified address, or from the caller's bureau. Raises NotFound."""
    row = (await session.execute(_received().where(Invitation.id == invitation_id))).first()
    if row is None:
        raise NotFound("invitation")
    return Received(*row)


async def get_by_link(session: AsyncSession, invitation_id: UUID | None) -> Received:
    """Opens the wall to the invitation whose link the caller holds; None stands for a link that was not made
    by us. Raises NotFound."""
    if invitation_id is None:
        raise NotFound("invitation")
    await session.execute(_OPEN_BY_LINK, {"id": str(invitation_id)})
    return await get_received(session, invitation_id)


def _received() -> Any:
    return select(Invitation, Bureau.name).outerjoin(Bureau, Bureau.bureau_id == Invitation.bureau_id)
