"""Who holds a case, who follows it inside the bureau, and whom at the customer it is with."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.acknowledgements.queries import is_acknowledged
from services.cases.approvals.commands import ask_approvers
from services.cases.approvals.queries import is_approved
from services.cases.case.actors import CLOCK, Actor, actor_of
from services.cases.case.commands import ask_customer
from services.cases.case.news import announce
from services.cases.case.queries import (
    get_case,
    list_participants,
    list_reachable,
    lock_case_of,
    lock_case_to_change,
    lock_colleagues,
    lock_owner,
)
from services.cases.case.tables import OPEN, Case, Participant
from services.cases.copies.commands import keep_contacts, keep_employees, keep_members
from services.cases.copies.queries import (
    Recipient,
    get_active_employee,
    get_customer,
    list_recipients,
    list_users_of,
)
from services.cases.people.queries import (
    cases_of_customer,
    cases_with_member,
    list_deserted,
    lock_cases_of_employee,
)
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee
from shared.database.walls import set_tenant
from shared.errors import named_in
from shared.events.cases import ApprovalRequested, CaseAssigned, CaseChanged, CaseEvent, CaseResolved
from shared.events.identity import ContactEvent, EmployeeDeactivated, MemberEvent
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
    with named_in("employee_id"):
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
    for place, employee_id in enumerate(employee_ids):
        if employee_id not in case.follower_ids:
            with named_in(f"employee_ids.{place}"):
                await get_active_employee(session, case.bureau_id, employee_id)
    if set(wanted) == set(case.follower_ids):
        return case
    await _share(session, case, wanted, by=actor, at=at)
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
    # The people before the case, as where one of them leaves: so two at once never wait for each other.
    seen_case = await get_case(session, by, case_id)
    named = await list_recipients(
        session, seen_case.bureau_id, seen_case.customer_id, contact_ids, field="contact_ids"
    )
    case, actor = await _lock_as_seen(session, by, case_id, seen), actor_of(by)
    previous, sent = case.status, case.status != "draft"
    if sent:
        case.require_open()
    present = {each.user_id: each for each in await list_participants(session, case)}
    wanted = _contact_ids_of(case, named, present)
    if wanted.keys() == present.keys():
        return case
    await _remove(session, case, present.keys() - wanted.keys())
    session.add_all(Participant.of(case, each, wanted[each]) for each in wanted.keys() - present.keys())
    kinds: list[type[CaseEvent]] = [CaseChanged]
    if sent and await ask_approvers(session, case=case, people=sorted(wanted)):
        await ask_customer(session, case=case, at=at)
        kinds.append(ApprovalRequested)
    elif sent:
        kinds += await _settle(session, case, at=at)
    case.changed(at=at, news_from="bureau" if sent else None)
    facts = {"participant_ids": sorted(map(str, wanted)), "status": case.status}
    record(session, case=case, action="participants_changed", by=actor, at=at, facts=facts)
    await announce(session, case, *kinds, by=actor, previous=previous)
    return case


def _contact_ids_of(
    case: Case, named: Sequence[Recipient], present: Mapping[UUID, Participant]
) -> dict[UUID, UUID | None]:
    """Whom the case should be with, and as which contact. An author need not be one, and may become one."""
    wanted = {each.user_id: each.contact_id for each in named}
    author = present.get(case.author_id) if case.author_id else None
    if author is not None:
        author.contact_id = wanted.setdefault(author.user_id, author.contact_id)
    return wanted


async def release_contact(session: AsyncSession, *, event: ContactEvent, by: Actor, at: datetime) -> None:
    """Of a contact who is removed or has another address: the customer's cases go on without the person."""
    # `track-contact` may come later, and nobody may give the person a case from here on.
    await keep_contacts(session, events=[event])
    await _go_on(session, cases_of_customer(event.tenant, event.customer_id), by=by, at=at)


async def release_member(session: AsyncSession, *, event: MemberEvent, by: Actor, at: datetime) -> None:
    """Of a member who leaves the account, or is another than before: as `release_contact`, at all bureaus."""
    await keep_members(session, events=[event])
    await _go_on(session, cases_with_member(event.account_id, event.user_id), by=by, at=at)


async def release_departed(session: AsyncSession, *, bureau_id: UUID, case_id: UUID, at: datetime) -> None:
    """Of whoever left before a release that reacts to it."""
    case = await lock_case_of(session, bureau_id, case_id)
    await _go_on_without(session, case, by=CLOCK, at=at)


async def _go_on(session: AsyncSession, which: ColumnElement[bool], *, by: Actor, at: datetime) -> None:
    after = UUID(int=0)
    while page := await list_deserted(session, which, after=after):
        for bureau_id, case_id in page:
            await set_tenant(session, bureau_id)
            case = await lock_case_of(session, bureau_id, case_id)
            await _go_on_without(session, case, by=by, at=at)
        after = page[-1].id


async def _go_on_without(session: AsyncSession, case: Case, *, by: Actor, at: datetime) -> None:
    """Nobody waits any longer for the participants who can't see the case. The bureau is told where that
    resolves the case, or where nobody is left who could answer it."""
    reachable = await list_reachable(session, case)
    gone = {each.user_id for each in await list_participants(session, case)}.difference(reachable)
    if not gone or case.status not in (*OPEN, "resolved"):
        return
    previous = case.status
    await _remove(session, case, gone)
    await ask_approvers(session, case=case, people=reachable)
    resolved = await _settle(session, case, at=at)
    news = case.status != previous or (not reachable and case.status in OPEN)
    case.changed(at=at, news_from="customer" if news else None)
    facts = {"user_ids": sorted(map(str, gone)), "status": case.status}
    record(session, case=case, action="participants_left", by=by, at=at, facts=facts)
    # Whoever removed them, it is the customer's side that has changed, which is news to the bureau.
    actor = Actor("customer", min(gone))
    to: Sequence[UUID] | None = None if news else []
    await announce(session, case, CaseChanged, *resolved, by=actor, previous=previous, to=to)


async def _remove(session: AsyncSession, case: Case, people: Collection[UUID]) -> None:
    removed = delete(Participant).where(Participant.case_id == case.id, Participant.user_id.in_(people))
    await session.execute(removed)


async def _settle(session: AsyncSession, case: Case, *, at: datetime) -> list[type[CaseEvent]]:
    """Of a case that has lost participants: it is resolved where the others have answered, and waits for the
    bureau where nobody is left who could. Returns what is to be announced beside the change."""
    reachable = await list_reachable(session, case)
    if case.status in OPEN and (
        await is_approved(session, case, reachable) or await is_acknowledged(session, case, reachable)
    ):
        case.take("resolve", at=at)
        return [CaseResolved]
    if case.status == "waiting_for_customer" and not reachable:
        case.take("hand_to_bureau", at=at)
    return []


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
            others = [each for each in case.follower_ids if each != employee_id]
            await _share(session, case, others, by=by, at=at)
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


async def _share(
    session: AsyncSession, case: Case, follower_ids: list[UUID], *, by: Actor, at: datetime
) -> None:
    case.follower_ids = follower_ids
    case.changed(at=at, internal=True)
    facts = {"follower_ids": follower_ids}
    record(session, case=case, action="followers_changed", by=by, at=at, facts=facts, internal=True)
    await announce(session, case, CaseChanged, by=by, to=[])


async def _hand_over(session: AsyncSession, case: Case, *, to: UUID, by: Actor, at: datetime) -> None:
    facts = {"previous": case.assignee_id, "assignee_id": to}
    case.assignee_id = to
    case.changed(at=at)
    record(session, case=case, action="assigned", by=by, at=at, facts=facts)
    told = [each for each in await list_users_of(session, case.bureau_id, [to]) if each != by.user_id]
    await announce(session, case, CaseAssigned, by=by, to=told)
