"""Steps that an employee or the passing of time takes with a case as a whole."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import CLOCK, actor_of
from services.cases.case.news import announce
from services.cases.case.queries import lock_case_of, lock_case_to_answer
from services.cases.case.tables import REOPENABLE, Case, Step
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee
from shared.events.cases import CaseCancelled, CaseClosed, CaseEvent, CaseReopened, CaseResolved


async def resolve_case(session: AsyncSession, *, case_id: UUID, by: CallerEmployee, at: datetime) -> Case:
    case = await lock_case_to_answer(session, by, case_id)
    return await _take(session, case, "resolve", CaseResolved, action="resolved", by=by, at=at)


async def close_case(session: AsyncSession, *, case_id: UUID, by: CallerEmployee, at: datetime) -> Case:
    case = await lock_case_to_answer(session, by, case_id)
    return await _take(session, case, "close", CaseClosed, action="closed", by=by, at=at)


async def reopen_case(session: AsyncSession, *, case_id: UUID, by: CallerEmployee, at: datetime) -> Case:
    case = await lock_case_to_answer(session, by, case_id)
    return await _take(session, case, "reopen", CaseReopened, action="reopened", by=by, at=at)


async def cancel_case(session: AsyncSession, *, case_id: UUID, by: CallerEmployee, at: datetime) -> Case:
    case = await lock_case_to_answer(session, by, case_id)
    return await _take(session, case, "cancel", CaseCancelled, action="cancelled", by=by, at=at)


async def close_resolved_case(session: AsyncSession, *, bureau_id: UUID, case_id: UUID, at: datetime) -> None:
    """Close a case that its customer can no longer reopen, unless another replica has already done it."""
    case = await lock_case_of(session, bureau_id, case_id)
    if case.status != "resolved" or case.resolved_at is None or at <= case.resolved_at + REOPENABLE:
        return
    previous = case.take("close", at=at)
    case.changed(at=at)
    record(session, case=case, action="closed", by=CLOCK, at=at, facts={"previous": previous})
    await announce(session, case, CaseClosed, by=CLOCK, previous=previous, to=[])


async def _take(
    session: AsyncSession,
    case: Case,
    step: Step,
    kind: type[CaseEvent],
    *,
    action: str,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    if case.has_taken(step):
        return case
    previous, actor = case.take(step, at=at), actor_of(by)
    case.changed(at=at, news_from="bureau")
    record(session, case=case, action=action, by=actor, at=at, facts={"previous": previous})
    await announce(session, case, kind, by=actor, previous=previous)
    return case
