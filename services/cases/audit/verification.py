"""Verifying timelines, each case in a transaction of its own."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.audit.chains import Chains
from services.cases.audit.digests import Digests
from services.cases.audit.queries import (
    KINDS,
    Scope,
    get_case_at_once,
    list_cases_after,
    list_entries_after,
    list_written_after,
)
from services.cases.case.tables import Case
from shared.database.engine import Database

PAGE = 500


@dataclass(frozen=True)
class Fault:
    """`what` names the first entry of a chain, or the first text or file, that is not as it was written."""

    case_id: UUID
    number: str
    what: str


async def verify(database: Database, scope: Scope, *, page: int = PAGE) -> tuple[int, list[Fault]]:
    """How many timelines were checked, and what is wrong with them; `page` rows are read at once."""
    checked, after = 0, UUID(int=0)
    faults: list[Fault] = []
    while True:
        async with database.transaction() as session:
            cases = await list_cases_after(session, scope, after, page)
        if not cases:
            return checked, faults
        for bureau_id, case_id in cases:
            faults += await _verify_case(database, bureau_id, case_id, page)
        checked, after = checked + len(cases), cases[-1][1]


async def _verify_case(database: Database, bureau_id: UUID, case_id: UUID, page: int) -> list[Fault]:
    async with database.transaction() as session:
        case = await get_case_at_once(session, bureau_id, case_id)
        chains, digests = await _follow(session, case, page)
        found = chains.faults()
        if chains.bureau.broken_at is None:
            found += await _compare(session, case, digests, page)
    return [Fault(case.id, case.number, what) for what in found]


async def _follow(session: AsyncSession, case: Case, page: int) -> tuple[Chains, Digests]:
    chains, digests = Chains(), Digests()
    entries = await list_entries_after(session, case, 0, page)
    while entries:
        for entry in entries:
            chains.follow(entry)
            # What an altered entry tells of proves nothing, and can have any form.
            if chains.bureau.broken_at is None:
                digests.follow(entry)
        entries = await list_entries_after(session, case, entries[-1].position, page)
    chains.end(case)
    return chains, digests


async def _compare(session: AsyncSession, case: Case, digests: Digests, page: int) -> list[str]:
    digests.compare(case.contents())
    for kind in KINDS:
        rows = await list_written_after(session, kind, case, UUID(int=0), page)
        while rows:
            for row in rows:
                digests.compare(row.contents())
            rows = await list_written_after(session, kind, case, rows[-1].id, page)
    return digests.faults()
