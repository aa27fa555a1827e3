"""What cases owns and others keep copies of, as it is now."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.news import case_facts
from services.cases.facts import queries
from services.cases.facts.queries import CaseRow, ReadingRow
from shared.bus.republish import FIRST, Facts, Told
from shared.events.cases import CaseCreated, CaseEvent, CaseRead, CaseSent


async def tell_cases(session: AsyncSession, *, bureau_id: UUID, after: UUID | None, limit: int) -> Told:
    rows = await queries.list_cases(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    return [(row.case.id, _event(row)) for row in rows]


async def tell_readings(
    session: AsyncSession, *, bureau_id: UUID, after: tuple[UUID, UUID] | None, limit: int
) -> Told:
    rows = await queries.list_readings(
        session, bureau_id=bureau_id, after=after or (FIRST, FIRST), limit=limit
    )
    return [((row.mark.case_id, row.mark.user_id), _reading(row)) for row in rows]


def _reading(row: ReadingRow) -> CaseRead:
    """Its `sequence` is that of what was read, so that whatever happened to the case since is newer."""
    facts = case_facts(row.case) | {"sequence": row.mark.version}
    by = "bureau" if row.at_bureau else "customer"
    return CaseRead(**facts, by=by, actor_id=row.mark.user_id, time=row.mark.read_at)


def _event(row: CaseRow) -> CaseEvent:
    """A draft was created and no more."""
    kind = CaseSent if row.case.sent_at else CaseCreated
    return kind(**case_facts(row.case), by=row.case.created_by_side, time=row.active_at)


FACTS = (
    Facts("cases", (CaseCreated, CaseSent), tell_cases, queries.list_bureau_ids),
    Facts("readings", (CaseRead,), tell_readings, queries.list_bureau_ids),
)
