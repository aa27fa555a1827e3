from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.acknowledgements.queries import is_acknowledged, list_acknowledgements
from services.cases.acknowledgements.tables import Acknowledgement
from services.cases.case.actors import actor_of
from services.cases.case.news import announce
from services.cases.case.queries import list_reachable, lock_case_to_answer_as_participant
from services.cases.case.tables import Case
from services.cases.timeline.commands import record
from shared.callers import CallerMember
from shared.events.cases import CaseChanged, CaseEvent, CaseResolved


async def acknowledge_case(session: AsyncSession, *, case_id: UUID, by: CallerMember, at: datetime) -> Case:
    """Saying it again changes nothing. When all who still take part have said it, the case is resolved."""
    case = await lock_case_to_answer_as_participant(session, by, case_id)
    case.require_type("information")
    if by.user_id in {each.user_id for each in await list_acknowledgements(session, case)}:
        return case
    case.require_open()
    session.add(Acknowledgement(case_id=case.id, user_id=by.user_id, bureau_id=case.bureau_id, at=at))
    previous, actor = case.status, actor_of(by)
    kinds: list[type[CaseEvent]] = [CaseChanged]
    if await is_acknowledged(session, case, await list_reachable(session, case)):
        case.take("resolve", at=at)
        kinds.append(CaseResolved)
    case.changed(at=at, news_from="customer")
    record(session, case=case, action="acknowledged", by=actor, at=at, facts={"status": case.status})
    await announce(session, case, *kinds, by=actor, previous=previous)
    return case
