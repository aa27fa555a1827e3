from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations import queries
from services.invitations.collaborations.queries import Named
from services.invitations.collaborations.tables import Collaboration
from services.invitations.copies import queries as copies
from services.invitations.copies.tables import Customer
from services.invitations.invitation.queries import find_sender
from services.invitations.invitation.tables import Invitation
from shared.bus import outbox
from shared.callers import CallerEmployee, CallerMember
from shared.errors import MissingPermission
from shared.events.invitations import CollaborationEnded, CollaborationEvent, CollaborationOpened
from shared.ids import uuid7


def open_collaboration(
    session: AsyncSession, *, invitation: Invitation, account_id: UUID, at: datetime
) -> Collaboration:
    collaboration = Collaboration(
        id=uuid7(),
        bureau_id=invitation.bureau_id,
        customer_id=invitation.customer_id,
        customer_number=invitation.customer_number,
        customer_name=invitation.customer_name,
        account_id=account_id,
        invitation_id=invitation.id,
        status="open",
        paused=False,
        opened_at=at,
        version=1,
    )
    session.add(collaboration)
    outbox.add(session, collaboration_event(collaboration))
    return collaboration


async def pause_collaborations(
    session: AsyncSession, *, bureau_ids: Collection[UUID], customer_ids: Collection[UUID]
) -> None:
    """Pauses those whose customers are inactive, and resumes those whose customers are active again."""
    inactive = ~Customer.active
    statement = (
        update(Collaboration)
        .where(
            copies.among(Collaboration.bureau_id, bureau_ids),
            copies.among(Collaboration.customer_id, customer_ids),
            Customer.bureau_id == Collaboration.bureau_id,
            Customer.customer_id == Collaboration.customer_id,
            Collaboration.paused != inactive,
        )
        .values(paused=inactive)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


async def end_collaboration(
    session: AsyncSession, *, collaboration_id: UUID, by: CallerEmployee | CallerMember, at: datetime
) -> Named:
    """Either side may. Ending again changes nothing."""
    collaboration = await queries.lock_collaboration(session, collaboration_id, by=by)
    await _require_right(session, collaboration, by)
    side = "bureau" if isinstance(by, CallerEmployee) else "customer"
    if collaboration.end(by=side, at=at):
        invited_by = await find_sender(session, collaboration.invitation_id)
        outbox.add(session, collaboration_event(collaboration, ended_by=side, invited_by=invited_by))
    return Named(collaboration, await copies.find_bureau_name(session, collaboration.bureau_id))


async def _require_right(
    session: AsyncSession, collaboration: Collaboration, by: CallerEmployee | CallerMember
) -> None:
    """Raises MissingPermission."""
    if isinstance(by, CallerMember):
        if by.role != "administrator":
            raise MissingPermission(required="role: administrator")
        return
    customer = await copies.get_customer(
        session, bureau_id=collaboration.bureau_id, customer_id=collaboration.customer_id
    )
    customer.require_open_to(by)


def collaboration_event(collaboration: Collaboration, **facts: str | UUID | None) -> CollaborationEvent:
    """The collaboration as it is now, which it has been since the event's time."""
    kind = CollaborationEnded if collaboration.status == "ended" else CollaborationOpened
    return kind.model_validate(
        {
            "bureau_id": collaboration.bureau_id,
            "sequence": collaboration.version,
            "time": collaboration.ended_at or collaboration.opened_at,
            "collaboration_id": collaboration.id,
            "customer_id": collaboration.customer_id,
            "account_id": collaboration.account_id,
            **facts,
        }
    )
