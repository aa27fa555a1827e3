"""Bureaus as an operator sees them: their walls are open for reading while one asks."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.identity.bureaus.tables import Bureau, Employee
from services.identity.people.tables import User
from shared.database.keyset import PageRequest, keyset
from shared.errors import found
from shared.events.identity import BureauStatus

_OPEN_TO_OPERATOR = text("select set_config('arende.operator', 'yes', true)")


class Judged(NamedTuple):
    """A bureau, with the employee who signed it up and the address by which that person logs in."""

    bureau: Bureau
    admin_name: str
    admin: User


async def list_bureaus(
    session: AsyncSession, paging: PageRequest, *, status: BureauStatus | None
) -> Sequence[Judged]:
    """The one that signed up first comes first."""
    await session.execute(_OPEN_TO_OPERATOR)
    statement = _judged() if status is None else _judged().where(Bureau.status == status)
    return [Judged(*row) for row in await session.execute(keyset(statement, paging, Bureau.id))]


async def get_bureau(session: AsyncSession, bureau_id: UUID) -> Judged:
    """Raises NotFound."""
    await session.execute(_OPEN_TO_OPERATOR)
    row = (await session.execute(_judged().where(Bureau.id == bureau_id))).first()
    return Judged(*found(row, "bureau"))


async def count_waiting(session: AsyncSession) -> Mapping[str, int]:
    """How many bureaus wait to be approved: by "at_most_two_days" and "longer"."""
    late = func.count().filter(Bureau.created_at < func.now() - text("interval '2 days'"))
    row = (await session.execute(select(func.count(), late).where(Bureau.status == "registered"))).one()
    return {"at_most_two_days": row[0] - row[1], "longer": row[1]}


def _judged() -> Any:
    first = (
        select(Employee.user_id, Employee.name)
        .where(Employee.bureau_id == Bureau.id)
        .order_by(Employee.id)
        .limit(1)
        .lateral()
    )
    named = select(Bureau, first.c.name, User).select_from(Bureau).join(first, true())
    return named.join(User, User.id == first.c.user_id)
