from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.invitations.collaborations.tables import Collaboration
from services.invitations.copies.queries import has_contact
from services.invitations.copies.tables import Bureau
from shared.callers import CallerEmployee, CallerMember
from shared.database.keyset import PageRequest, keyset
from shared.database.walls import set_tenant
from shared.errors import found


class Named(NamedTuple):
    """A collaboration with its bureau's name, which is None until identity's news of the bureau has come."""

    collaboration: Collaboration
    bureau_name: str | None


async def list_collaborations(
    session: AsyncSession,
    paging: PageRequest,
    *,
    by: CallerEmployee | CallerMember,
    status: str | None,
    customer_id: UUID | None,
) -> Sequence[Named]:
    """The latest opened first."""
    named = select(Collaboration, Bureau.name).outerjoin(Bureau, Bureau.bureau_id == Collaboration.bureau_id)
    statement: Any = named.where(_visible_to(by))
    if status is not None:
        statement = statement.where(Collaboration.status == status)
    if customer_id is not None:
        statement = statement.where(Collaboration.customer_id == customer_id)
    statement = keyset(statement, paging, Collaboration.id, descending=True)
    return [Named(*row) for row in await session.execute(statement)]


async def lock_collaboration(
    session: AsyncSession, collaboration_id: UUID, *, by: CallerEmployee | CallerMember
) -> Collaboration:
    """Enters the bureau once the collaboration is known to be the caller's. Raises NotFound."""
    own = select(Collaboration).where(_visible_to(by), Collaboration.id == collaboration_id)
    collaboration = found(await session.scalar(own), "collaboration")
    await set_tenant(session, collaboration.bureau_id)
    locked = own.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locked)).one()


def _visible_to(caller: CallerEmployee | CallerMember) -> ColumnElement[bool]:
    """Members see their account's with the bureaus that have them among the customer's contacts."""
    if isinstance(caller, CallerEmployee):
        return Collaboration.bureau_id == caller.bureau_id
    known = has_contact(Collaboration.bureau_id, Collaboration.customer_id)
    return and_(Collaboration.account_id == caller.account_id, known)
