from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.tables import Collaboration
from services.invitations.copies.queries import among, own_customer
from services.invitations.copies.tables import Customer
from services.invitations.sending.tables import Batch, Invitation
from shared.callers import CallerEmployee
from shared.database.keyset import PageRequest, keyset
from shared.errors import NotFound

LARGEST_BATCH = 10_000


def _visible_to(employee: CallerEmployee) -> ColumnElement[bool]:
    """`limited` employees see their own customers' invitations, unless maintenance gives them all."""
    bureau = Invitation.bureau_id == employee.bureau_id
    if employee.customers == "full" or employee.maintenance == "full":
        return bureau
    own = select(Customer.customer_id).where(Customer.bureau_id == employee.bureau_id, own_customer(employee))
    return bureau & Invitation.customer_id.in_(own)


async def invitations(
    session: AsyncSession,
    paging: PageRequest,
    *,
    by: CallerEmployee,
    status: str | None,
    customer_id: UUID | None,
) -> Sequence[Invitation]:
    statement = select(Invitation).where(_visible_to(by))
    if status is not None:
        statement = statement.where(Invitation.status == status)
    if customer_id is not None:
        statement = statement.where(Invitation.customer_id == customer_id)
    statement = keyset(statement, paging, Invitation.sent_at, Invitation.id, descending=True)
    return (await session.scalars(statement)).all()


async def invitation(session: AsyncSession, invitation_id: UUID, *, by: CallerEmployee) -> Invitation:
    found = await session.scalar(select(Invitation).where(_visible_to(by), Invitation.id == invitation_id))
    if found is None:
        raise NotFound("invitation")
    return found


async def lock_invitation(session: AsyncSession, invitation_id: UUID, *, bureau_id: UUID) -> Invitation:
    found = await session.scalar(
        select(Invitation)
        .where(Invitation.bureau_id == bureau_id, Invitation.id == invitation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("invitation")
    return found


async def batch(session: AsyncSession, batch_id: UUID, *, by: CallerEmployee) -> Batch:
    """`limited` employees see the batches that they sent."""
    statement = select(Batch).where(Batch.bureau_id == by.bureau_id, Batch.id == batch_id)
    if by.customers == "limited" and by.maintenance != "full":
        statement = statement.where(Batch.created_by == by.employee_id)
    found = await session.scalar(statement)
    if found is None:
        raise NotFound("batch")
    return found


async def open_invitations(
    session: AsyncSession, *, bureau_id: UUID, customer_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """Their ids by customer."""
    rows = await session.execute(
        select(Invitation.customer_id, Invitation.id).where(
            Invitation.bureau_id == bureau_id,
            among(Invitation.customer_id, customer_ids),
            Invitation.status == "sent",
        )
    )
    return {row[0]: row[1] for row in rows}


async def open_collaborations(
    session: AsyncSession, *, bureau_id: UUID, customer_ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """Their ids by customer."""
    rows = await session.execute(
        select(Collaboration.customer_id, Collaboration.id).where(
            Collaboration.bureau_id == bureau_id,
            among(Collaboration.customer_id, customer_ids),
            Collaboration.status == "open",
        )
    )
    return {row[0]: row[1] for row in rows}


async def ready_customers(session: AsyncSession, *, by: CallerEmployee, at: datetime) -> Sequence[UUID]:
    """Those that the employee may invite, and that were not invited yet."""
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


async def overdue_of_customers(
    session: AsyncSession, *, bureau_id: UUID, customer_ids: Collection[UUID], at: datetime
) -> Sequence[Invitation]:
    statement = select(Invitation).where(
        Invitation.bureau_id == bureau_id,
        among(Invitation.customer_id, customer_ids),
        Invitation.status == "sent",
        Invitation.expires_at <= at,
    )
    return (await session.scalars(statement.with_for_update())).all()
