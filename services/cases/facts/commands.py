"""What cases owns and others keep copies of, as it is now."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.news import case_facts
from services.cases.facts import queries
from services.cases.facts.queries import CaseRow
from shared.bus.republish import FIRST, Facts, Told
from shared.events.cases import CaseCreated, CaseEvent, CaseSent


async def tell_cases(session: AsyncSession, *, bureau_id: UUID, after: UUID | None, limit: int) -> Told:
    rows = await queries.list_cases(session, bureau_id=bureau_id, after=after or FIRST, limit=limit)
    return [(row.case.id, _event(row)) for row in rows]


def _event(row: CaseRow) -> CaseEvent:
    """A draft was created and no more."""
    kind = CaseSent if row.case.sent_at else CaseCreated
    return kind(**case_facts(row.case), by=row.case.created_by_side, time=row.active_at)


FACTS = (Facts("cases", (CaseCreated, CaseSent), tell_cases, queries.list_bureau_ids),)
