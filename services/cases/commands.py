"""Changes of a case from the bureau's side, and what both sides do with the case as a whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases import queries
from services.cases.actors import Actor, actor_of
from services.cases.announcing import announce, users_of
from services.cases.answers.commands import ask_approvers
from services.cases.errors import EmployeeInactive, NoParticipants, NotDraft
from services.cases.parties.queries import customer_of, employee_of, open_collaboration, recipients
from services.cases.rights import case_to_change
from services.cases.tables import REOPENABLE, Case, CaseNumber, Participant, ReadMark, Step
from services.cases.timeline.commands import entry_of, record
from services.cases.timeline.tables import Entry
from shared.callers import CallerEmployee, CallerMember
from shared.clock import stockholm_date
from shared.events.cases import (
    ApprovalRequested,
    CaseAssigned,
    CaseCancelled,
    CaseChanged,
    CaseClosed,
    CaseEvent,
    CaseRead,
    CaseReopened,
    CaseResolved,
    CaseSent,
    Status,
)
from shared.versions import SeenVersion

# What the bureau does by hand, beside sending: the event and the timeline's word for each.
BY_HAND: Mapping[Step, tuple[type[CaseEvent], str]] = {
    "resolve": (CaseResolved, "resolved"),
    "close": (CaseClosed, "closed"),
    "reopen": (CaseReopened, "reopened"),
    "cancel": (CaseCancelled, "cancelled"),
}
# Who closes by the passing of time: no person (RFC 9562's nil).
CLOCK = UUID(int=0)
IN_DRAFTS_ONLY = ("subject", "body")
# What a customer sees of the case, so that a change of it is news.
SHOWN = ("due_on", "priority")


async def send_case(session: AsyncSession, case_id: UUID, *, by: CallerEmployee, at: datetime) -> Case:
    case = await case_to_change(session, by, case_id)
    await send(session, case, by=actor_of(by), at=at)
    return case


async def send(session: AsyncSession, case: Case, *, by: Actor, at: datetime) -> None:
    """To its participants, if each of them can still receive it."""
    previous = case.take("send", at=at)
    await open_collaboration(session, case.bureau_id, case.customer_id)
    people = await queries.participants_of(session, case)
    if not people:
        raise NoParticipants
    contact_ids = [each.contact_id for each in people if each.contact_id]
    await recipients(session, case.bureau_id, case.customer_id, contact_ids)
    if case.type == "approval":
        await ask_approvers(session, case)
    to = [each.user_id for each in people]
    session.add(await tell_of_sending(session, case, to, previous=previous, by=by, at=at))


async def tell_of_sending(
    session: AsyncSession, case: Case, to: Sequence[UUID], *, previous: Status, by: Actor, at: datetime
) -> Entry:
    """The timeline's entry, to be stored, of a case that was just sent; everybody else is told."""
    case.changed(at=at, news_from="bureau")
    entry = entry_of(case, action="sent", by=by, at=at, facts={"to": list(to), "status": case.status})
    kinds: list[type[CaseEvent]] = [CaseSent, ApprovalRequested] if case.type == "approval" else [CaseSent]
    await announce(session, case, *kinds, by=by, previous=previous, to=to)
    return entry


async def take_step(
    session: AsyncSession, case_id: UUID, *, step: Step, by: CallerEmployee, at: datetime
) -> Case:
    """Resolve, close, reopen or cancel."""
    case, actor = await case_to_change(session, by, case_id), actor_of(by)
    kind, action = BY_HAND[step]
    if step == "reopen":
        await open_collaboration(session, case.bureau_id, case.customer_id)
    previous = case.take(step, at=at)
    case.changed(at=at, news_from="bureau")
    await record(session, case, action=action, by=actor, at=at, facts={"previous": previous})
    await announce(session, case, kind, by=actor, previous=previous)
    return case


async def change_case(
    session: AsyncSession,
    case_id: UUID,
    *,
    changes: Mapping[str, Any],
    seen: SeenVersion,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    """Subject and text in drafts only: what has been sent is never altered."""
    case, actor = await case_to_change(session, by, case_id), actor_of(by)
    seen.require(case.version)
    changed = {name: value for name, value in changes.items() if value != getattr(case, name)}
    if not changed:
        return case
    if case.status != "draft" and not changed.keys().isdisjoint(IN_DRAFTS_ONLY):
        raise NotDraft
    earlier = {name: getattr(case, name) for name in changed}
    for name, value in changed.items():
        setattr(case, name, value)
    shown = case.status != "draft" and not changed.keys().isdisjoint(SHOWN)
    case.changed(at=at, news_from="bureau" if shown else None)
    for internal in (False, True):
        facts = {name: value for name, value in earlier.items() if (name == "labels") is internal}
        if facts:
            await record(
                session, case, action="changed", by=actor, at=at, facts={"earlier": facts}, internal=internal
            )
    await announce(session, case, CaseChanged, by=actor, to=None if shown else [])
    return case


async def assign(
    session: AsyncSession,
    case_id: UUID,
    *,
    employee_id: UUID,
    seen: SeenVersion | None,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    case = await case_to_change(session, by, case_id)
    if seen is not None:
        seen.require(case.version)
    await require_active(session, case.bureau_id, employee_id)
    if case.assignee_id != employee_id:
        await hand_over(session, case, to=employee_id, by=actor_of(by), at=at)
    return case


async def hand_over(session: AsyncSession, case: Case, *, to: UUID, by: Actor, at: datetime) -> None:
    facts = {"previous": case.assignee_id, "assignee_id": to}
    case.assignee_id = to
    case.changed(at=at)
    await record(session, case, action="assigned", by=by, at=at, facts=facts)
    told = [each for each in await users_of(session, case.bureau_id, to) if each != by.user_id]
    await announce(session, case, CaseAssigned, by=by, to=told, assignee_id=to)


async def set_followers(
    session: AsyncSession,
    case_id: UUID,
    *,
    employee_ids: list[UUID],
    seen: SeenVersion | None,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    """Sharing inside the bureau, so nothing that the customer sees."""
    case, actor = await case_to_change(session, by, case_id), actor_of(by)
    if seen is not None:
        seen.require(case.version)
    wanted = list(dict.fromkeys(employee_ids))
    for employee_id in set(wanted) - set(case.follower_ids):
        await require_active(session, case.bureau_id, employee_id)
    if wanted == case.follower_ids:
        return case
    case.follower_ids = wanted
    case.changed(at=at)
    facts = {"follower_ids": wanted}
    await record(session, case, action="followers_changed", by=actor, at=at, facts=facts, internal=True)
    await announce(session, case, CaseChanged, by=actor, to=[])
    return case


async def set_participants(
    session: AsyncSession,
    case_id: UUID,
    *,
    contact_ids: list[UUID],
    seen: SeenVersion | None,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    """In an approval that has been sent, the new ones are asked to approve."""
    case, actor = await case_to_change(session, by, case_id), actor_of(by)
    if seen is not None:
        seen.require(case.version)
    if case.status != "draft":
        case.require_open()
    people = await recipients(session, case.bureau_id, case.customer_id, contact_ids)
    wanted = {each.user_id: each.contact_id for each in people}
    present = {each.user_id for each in await queries.participants_of(session, case)}
    if wanted.keys() == present:
        return case
    gone = Participant.user_id.in_(present - wanted.keys())
    await session.execute(delete(Participant).where(Participant.case_id == case.id, gone))
    add_participants(session, case, {each: wanted[each] for each in wanted.keys() - present})
    sent = case.status != "draft"
    asked = sent and case.type == "approval" and await ask_approvers(session, case)
    case.changed(at=at, news_from="bureau" if sent else None)
    facts = {"participant_ids": sorted(map(str, wanted))}
    await record(session, case, action="participants_changed", by=actor, at=at, facts=facts)
    kinds = (CaseChanged, ApprovalRequested) if asked else (CaseChanged,)
    await announce(session, case, *kinds, by=actor)
    return case


async def mark_read(
    session: AsyncSession, case_id: UUID, *, by: CallerEmployee | CallerMember, at: datetime
) -> Case:
    """Told to the others where there was something unread."""
    case, actor = await queries.case_for(session, by, case_id, lock=True), actor_of(by)
    unread = case.news_for(actor.side) > await queries.read_version(session, case, by.user_id)
    mark = insert(ReadMark).values(
        case_id=case.id, user_id=by.user_id, bureau_id=case.bureau_id, version=case.version, read_at=at
    )
    await session.execute(
        mark.on_conflict_do_update(
            index_elements=[ReadMark.case_id, ReadMark.user_id],
            set_={"version": mark.excluded.version, "read_at": mark.excluded.read_at},
        )
    )
    if unread:
        await record(session, case, action="read", by=actor, at=at, facts={"version": case.version})
        await announce(session, case, CaseRead, by=actor)
    return case


async def take_over_from(
    session: AsyncSession, *, bureau_id: UUID, employee_id: UUID, to: UUID | None, by: Actor, at: datetime
) -> None:
    """Nothing is left ownerless: without a named colleague the customer's responsible takes over."""
    for case in await queries.cases_to_hand_over(session, bureau_id, employee_id):
        if employee_id in case.follower_ids:
            case.follower_ids = [each for each in case.follower_ids if each != employee_id]
        if case.assignee_id == employee_id:
            customer = await customer_of(session, bureau_id, case.customer_id)
            await hand_over(session, case, to=to or customer.responsible_id, by=by, at=at)


async def close_resolved(session: AsyncSession, bureau_id: UUID, case_id: UUID, *, at: datetime) -> None:
    """By the passing of time; another replica may have done it."""
    case = await queries.locked_case(session, bureau_id, case_id)
    if case.status != "resolved" or case.resolved_at is None or at <= case.resolved_at + REOPENABLE:
        return
    clock = Actor("bureau", CLOCK)
    previous = case.take("close", at=at)
    case.changed(at=at)
    await record(session, case, action="closed", by=clock, at=at, facts={"previous": previous})
    await announce(session, case, CaseClosed, by=clock, previous=previous, to=[])


async def next_number(session: AsyncSession, bureau_id: UUID, at: datetime) -> str:
    """`2026-000123`. The counter's row is held until the commit: no gaps, none twice."""
    year = stockholm_date(at).year
    counter = insert(CaseNumber).values(bureau_id=bureau_id, year=year, last=1)
    taken = await session.execute(
        counter.on_conflict_do_update(
            index_elements=[CaseNumber.bureau_id, CaseNumber.year], set_={"last": CaseNumber.last + 1}
        ).returning(CaseNumber.last)
    )
    return CaseNumber.shown(year, taken.scalar_one())


def add_participants(session: AsyncSession, case: Case, people: Mapping[UUID, UUID | None]) -> None:
    session.add_all(participant_of(case, user_id, contact_id) for user_id, contact_id in people.items())


def participant_of(case: Case, user_id: UUID, contact_id: UUID | None) -> Participant:
    return Participant(
        case_id=case.id,
        user_id=user_id,
        bureau_id=case.bureau_id,
        account_id=case.account_id,
        contact_id=contact_id,
    )


async def require_active(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> None:
    employee = await employee_of(session, bureau_id, employee_id)
    if not employee.active:
        raise EmployeeInactive(name=employee.name)
