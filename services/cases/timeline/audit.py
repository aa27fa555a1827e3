"""Verifying the timelines of all bureaus, each case in a transaction of its own."""

from dataclasses import dataclass
from uuid import UUID

from services.cases.timeline.queries import find_broken_position, list_cases_after
from shared.database.engine import Database

PAGE = 1000


@dataclass(frozen=True)
class Broken:
    """`position` is that of the first entry that is not as it was written."""

    case_id: UUID
    number: str
    position: int


async def verify_all(database: Database) -> tuple[int, list[Broken]]:
    """How many timelines were checked, and those that are broken."""
    checked, after = 0, UUID(int=0)
    broken: list[Broken] = []
    while True:
        async with database.transaction() as session:
            cases = await list_cases_after(session, after, PAGE)
        if not cases:
            return checked, broken
        for bureau_id, case_id, number in cases:
            async with database.transaction(bureau_id=bureau_id) as session:
                position = await find_broken_position(session, bureau_id, case_id)
            if position is not None:
                broken.append(Broken(case_id, number, position))
        checked, after = checked + len(cases), cases[-1][1]
