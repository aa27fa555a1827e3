from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.copies.tables import Bureau
from services.invitations.sending.tables import Invitation
from shared.callers import CallerPerson
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound

# An invitation, and the name of the bureau that sent it.
Received = tuple[Invitation, str | None]
_BY_LINK = text("select set_config('arende.invitation', :id, true)")


async def enter_link(session: AsyncSession, invitation_id: UUID) -> None:
    """Open the wall to one invitation, whose link's token was checked."""
    await session.execute(_BY_LINK, {"id": str(invitation_id)})


async def by_link(session: AsyncSession, invitation_id: UUID | None) -> Received:
    """`invitation_id`: what the link's token was made for, None where it was not made by us."""
    if invitation_id is None:
        raise NotFound("invitation")
    await enter_link(session, invitation_id)
    return await visible(session, invitation_id)


async def visible(session: AsyncSession, invitation_id: UUID) -> Received:
    """By its link, by the caller's verified address, or to the bureau that sent it."""
    row = (await session.execute(_with_bureau().where(Invitation.id == invitation_id))).first()
    if row is None:
        raise NotFound("invitation")
    return row[0], row[1]


async def received(session: AsyncSession, paging: PageRequest, *, by: CallerPerson) -> Sequence[Received]:
    """What was sent to the person's address, as far as that is verified."""
    if not by.email_verified:
        return []
    statement = keyset(
        _with_bureau().where(Invitation.email == by.email),
        paging,
        Invitation.sent_at,
        Invitation.id,
        descending=True,
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


def _with_bureau() -> Any:
    return select(Invitation, Bureau.name).outerjoin(Bureau, Bureau.bureau_id == Invitation.bureau_id)
