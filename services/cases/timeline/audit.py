"""Verifying the timelines of all bureaus, one case in each transaction."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.tables import Case
from services.cases.timeline.queries import verify
from shared.database.engine import Database

PAGE = 1000


@dataclass(frozen=True)
class Broken:
    """`position`: the first entry that is not as it was written."""

    case_id: UUID
    number: str
    position: int


async def verify_all(database: Database) -> tuple[int, list[Broken]]:
    """How many timelines were checked, and those that are broken."""
    checked, broken, after = 0, [], UUID(int=0)
    while cases := await _page(database, after):
        for bureau_id, case_id, number in cases:
            async with database.transaction(bureau_id=bureau_id) as session:
                position = await verify(session, case_id)
            if position is not None:
                broken.append(Broken(case_id, number, position))
        checked, after = checked + len(cases), cases[-1][1]
    return checked, broken


async def _page(database: Database, after: UUID) -> list[tuple[UUID, UUID, str]]:
    async with database.transaction() as session:
        return await _cases_after(session, after)


async def _cases_after(session: AsyncSession, after: UUID) -> list[tuple[UUID, UUID, str]]:
    wanted = select(Case.bureau_id, Case.id, Case.number).where(Case.id > after).order_by(Case.id).limit(PAGE)
    return [(row.bureau_id, row.id, row.number) for row in await session.execute(wanted)]
