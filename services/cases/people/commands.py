"""Who holds a case, who follows it inside the bureau, and whom at the customer it is with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.approvals.commands import ask_approvers
from services.cases.case.actors import Actor, actor_of
from services.cases.case.news import announce
from services.cases.case.queries import list_participants, lock_case_to_change, lock_colleagues, lock_owner
from services.cases.case.tables import Case, Participant
from services.cases.copies.commands import keep_employees
from services.cases.copies.queries import get_active_employee, get_customer, list_recipients, list_users_of
from services.cases.people.queries import lock_cases_of_employee
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee
from shared.events.cases import ApprovalRequested, CaseAssigned, CaseChanged
from shared.events.identity import EmployeeDeactivated
from shared.versions import SeenVersion


async def assign_case(
    session: AsyncSession,
    *,
    case_id: UUID,
    employee_id: UUID,
    seen: SeenVersion | None,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    await lock_colleagues(session, by.bureau_id, [employee_id])
    case = await _lock_as_seen(session, by, case_id, seen)
    await get_active_employee(session, case.bureau_id, employee_id)
    if case.assignee_id != employee_id:
        await _hand_over(session, case, to=employee_id, by=actor_of(by), at=at)
    return case


async def set_followers(
    session: AsyncSession,
    *,
    case_id: UUID,
    employee_ids: Sequence[UUID],
    seen: SeenVersion | None,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    """Followers are the bureau's own, so nothing that the customer sees changes."""
    await lock_colleagues(session, by.bureau_id, employee_ids)
    case, actor = await _lock_as_seen(session, by, case_id, seen), actor_of(by)
    wanted = list(dict.fromkeys(employee_ids))
    for employee_id in set(wanted) - set(case.follower_ids):
        await get_active_employee(session, case.bureau_id, employee_id)
    if set(wanted) == set(case.follower_ids):
        return case
    case.follower_ids = wanted
    case.changed(at=at, internal=True)
    facts = {"follower_ids": wanted}
    record(session, case=case, action="followers_changed", by=actor, at=at, facts=facts, internal=True)
    await announce(session, case, CaseChanged, by=actor, to=[])
    return case


async def set_participants(
    session: AsyncSession,
    *,
    case_id: UUID,
    contact_ids: Sequence[UUID],
    seen: SeenVersion | None,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    """In an approval that has been sent, people who are new to it are asked to approve.

    The member who wrote a case stays in it, named or not.
    """
    case, actor = await _lock_as_seen(session, by, case_id, seen), actor_of(by)
    sent = case.status != "draft"
    if sent:
        case.require_open()
    present = {each.user_id: each for each in await list_participants(session, case)}
    wanted = await _contact_ids_of(session, case, contact_ids, present)
    if wanted.keys() == present.keys():
        return case
    gone = Participant.user_id.in_(present.keys() - wanted.keys())
    await session.execute(delete(Participant).where(Participant.case_id == case.id, gone))
    session.add_all(Participant.of(case, each, wanted[each]) for each in wanted.keys() - present.keys())
    asked = (
        sent and case.type == "approval" and await ask_approvers(session, case=case, people=sorted(wanted))
    )
    case.changed(at=at, news_from="bureau" if sent else None)
    facts = {"participant_ids": sorted(map(str, wanted))}
    record(session, case=case, action="participants_changed", by=actor, at=at, facts=facts)
    kinds = (CaseChanged, ApprovalRequested) if asked else (CaseChanged,)
    await announce(session, case, *kinds, by=actor)
    return case


async def _contact_ids_of(
    session: AsyncSession, case: Case, contact_ids: Sequence[UUID], present: Mapping[UUID, Participant]
) -> dict[UUID, UUID | None]:
    """Whom the case should be with, and as which contact. An author need not be one, and may become one."""
    recipients = await list_recipients(session, case.bureau_id, case.customer_id, contact_ids)
    wanted = {each.user_id: each.contact_id for each in recipients}
    author = present.get(case.author_id) if case.author_id else None
    if author is not None:
        author.contact_id = wanted.setdefault(author.user_id, author.contact_id)
    return wanted


async def hand_over_cases(
    session: AsyncSession, *, leaving: EmployeeDeactivated, by: Actor, at: datetime
) -> None:
    """Of an employee who leaves: where no colleague is named, the customer's responsible gets each case."""
    bureau_id, employee_id = leaving.tenant, leaving.employee_id
    successor = [leaving.transfer_to] if leaving.transfer_to else []
    await lock_colleagues(session, bureau_id, [employee_id, *successor], to_leave=True)
    # `track-employee` may come later, and nobody may give the person a case from here on.
    await keep_employees(session, events=[leaving])
    for case in await lock_cases_of_employee(session, bureau_id, employee_id):
        if employee_id in case.follower_ids:
            case.follower_ids = [each for each in case.follower_ids if each != employee_id]
        if case.assignee_id == employee_id:
            customer = await get_customer(session, bureau_id, case.customer_id)
            owner = await lock_owner(session, bureau_id, leaving.transfer_to or customer.responsible_id)
            await _hand_over(session, case, to=owner, by=by, at=at)


async def _lock_as_seen(
    session: AsyncSession, by: CallerEmployee, case_id: UUID, seen: SeenVersion | None
) -> Case:
    case = await lock_case_to_change(session, by, case_id)
    if seen is not None:
        seen.require(case.version)
    return case


async def _hand_over(session: AsyncSession, case: Case, *, to: UUID, by: Actor, at: datetime) -> None:
    facts = {"previous": case.assignee_id, "assignee_id": to}
    case.assignee_id = to
    case.changed(at=at)
    record(session, case=case, action="assigned", by=by, at=at, facts=facts)
    told = [each for each in await list_users_of(session, case.bureau_id, [to]) if each != by.user_id]
    await announce(session, case, CaseAssigned, by=by, to=told)
