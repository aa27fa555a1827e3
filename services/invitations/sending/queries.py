from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.tables import Collaboration
from services.invitations.copies.queries import among, own_customer
from services.invitations.copies.tables import Customer
from services.invitations.invitation.tables import Invitation
from services.invitations.sending.tables import Batch
from shared.callers import CallerEmployee
from shared.errors import NotFound

# A batch is one transaction.
LARGEST_BATCH = 10_000


async def get_batch(session: AsyncSession, batch_id: UUID, *, by: CallerEmployee) -> Batch:
    """`limited` employees see the batches that they sent, unless `maintenance` gives them all."""
    statement = select(Batch).where(Batch.bureau_id == by.bureau_id, Batch.id == batch_id)
    if by.customers == "limited" and by.maintenance != "full":
        statement = statement.where(Batch.created_by == by.employee_id)
    found = await session.scalar(statement)
    if found is None:
        raise NotFound("batch")
    return found


async def list_open_invitations(
    session: AsyncSession, *, bureau_id: UUID, customer_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """Returns the id of the open one by customer."""
    rows = await session.execute(
        select(Invitation.customer_id, Invitation.id).where(
            Invitation.bureau_id == bureau_id,
            among(Invitation.customer_id, customer_ids),
            Invitation.status == "sent",
        )
    )
    return {row[0]: row[1] for row in rows}


async def list_open_collaborations(
    session: AsyncSession, *, bureau_id: UUID, customer_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """Returns the id of the open one by customer."""
    rows = await session.execute(
        select(Collaboration.customer_id, Collaboration.id).where(
            Collaboration.bureau_id == bureau_id,
            among(Collaboration.customer_id, customer_ids),
            Collaboration.status == "open",
        )
    )
    return {row[0]: row[1] for row in rows}


async def list_ready_customers(session: AsyncSession, *, by: CallerEmployee, at: datetime) -> Sequence[UUID]:
    """Customers that the employee may invite, and that have no open invitation or collaboration."""
    still_open = (
        select(Invitation.id)
        .where(
            Invitation.bureau_id == Customer.bureau_id,
            Invitation.customer_id == Customer.customer_id,
            Invitation.status == "sent",
            Invitation.expires_at > at,
        )
        .exists()
    )
    collaborating = (
        select(Collaboration.id)
        .where(
            Collaboration.bureau_id == Customer.bureau_id,
            Collaboration.customer_id == Customer.customer_id,
            Collaboration.status == "open",
        )
        .exists()
    )
    statement = select(Customer.customer_id).where(
        Customer.bureau_id == by.bureau_id,
        Customer.active,
        Customer.failing_points == [],
        Customer.contact_email.is_not(None),
        ~still_open,
        ~collaborating,
    )
    if by.customers == "limited":
        statement = statement.where(own_customer(by))
    return (await session.scalars(statement.order_by(Customer.number).limit(LARGEST_BATCH))).all()


async def lock_overdue(
    session: AsyncSession, *, bureau_id: UUID, customer_ids: Collection[UUID], at: datetime
) -> Sequence[Invitation]:
    """These customers' invitations that should have expired, but still stand as sent."""
    statement = select(Invitation).where(
        Invitation.bureau_id == bureau_id,
        among(Invitation.customer_id, customer_ids),
        Invitation.status == "sent",
        Invitation.expires_at <= at,
    )
    return (await session.scalars(statement.with_for_update())).all()
