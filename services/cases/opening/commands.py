"""The one way to open a case and to send it, whoever does it and whatever it is made from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.approvals.tables import Approval
from services.cases.case.actors import Actor, Caller, actor_of
from services.cases.case.contents import Content
from services.cases.case.news import announce
from services.cases.case.queries import (
    list_participants,
    lock_active_colleagues,
    lock_case_to_change,
    lock_owner,
)
from services.cases.case.tables import Case, Participant
from services.cases.copies.errors import NoCollaboration
from services.cases.copies.queries import Recipient, list_recipients, list_users_of
from services.cases.copies.tables import Collaboration
from services.cases.detail.queries import Detail
from services.cases.files.queries import list_files_of
from services.cases.items.queries import list_items
from services.cases.items.tables import Item
from services.cases.opening.draft import Draft
from services.cases.opening.errors import NOTHING_TO_APPROVE, NoParticipants, SeveralCollaborations
from services.cases.opening.queries import Parties, find_case_from, list_collaborations, lock_parties
from services.cases.templates.queries import get_filled
from services.cases.timeline.tables import Entry
from shared.callers import CallerEmployee, CallerMember
from shared.database.insertion import Insertion
from shared.database.walls import set_tenant
from shared.errors import InvalidRequest, NotFound, named_in
from shared.events.cases import ApprovalRequested, CaseAssigned, CaseCreated, CaseEvent, CaseSent

_NEW_ROWS = Insertion(Case, Participant, Item, Approval, Entry)


async def open_case(session: AsyncSession, *, draft: Draft, by: Caller, at: datetime) -> Detail:
    """An employee's case is sent where the draft says so; a member's question always waits for the bureau."""
    if isinstance(by, CallerEmployee):
        parties = await _parties_of_employee(session, draft, by, at=at)
    else:
        parties = await _parties_of_member(session, draft, by, at=at)
    if draft.template_id is not None:
        draft = await _filled_in(session, draft, draft.template_id, parties, at=at)
    draft.require_complete()
    actor, assignee_id = actor_of(by), await _lock_assignee(session, draft, parties, by)
    case = draft.case(parties, assignee_id=assignee_id, by=actor, at=at)
    people = [Participant.of(case, each.user_id, each.contact_id) for each in parties.recipients]
    people.sort(key=lambda each: each.user_id)
    items = [Item.of(case, position, text) for position, text in enumerate(draft.items, start=1)]
    approvals: list[Approval] = []
    facts = {"number": case.number, "type": case.type}
    if actor.side == "customer":
        case.begin_with_bureau(at=at)
    contents = [*case.contents(), *(text for item in items for text in item.text_contents())]
    # Where the case is sent at once, the customer's first entry tells of them.
    told = () if draft.send else contents
    entries = [Entry.next_of(case, action="created", by=actor, at=at, facts=facts, contents=told)]
    await _announce_opening(session, case, assignee_id, by=by)
    if draft.send:
        approvals, sent = await _send(session, case, people, contents, by=actor, at=at)
        entries.append(sent)
    await _NEW_ROWS.store(session, [case, *people, *items, *approvals, *entries])
    names = {each.user_id: each.member_name for each in parties.recipients}
    contact_ids = {each.user_id: each.contact_id for each in people if each.contact_id}
    return Detail(case, people, names, contact_ids, items=items, approvals=approvals)


async def _announce_opening(session: AsyncSession, case: Case, assignee_id: UUID, *, by: Caller) -> None:
    """Whoever holds the case hears of it, unless they opened it themselves."""
    actor, by_bureau = actor_of(by), isinstance(by, CallerEmployee)
    own = isinstance(by, CallerEmployee) and by.employee_id == assignee_id
    told = [] if own else await list_users_of(session, case.bureau_id, [assignee_id])
    await announce(session, case, CaseCreated, by=actor, to=[] if by_bureau else told)
    if told:
        await announce(session, case, CaseAssigned if by_bureau else CaseSent, by=actor, to=told)


async def send_case(session: AsyncSession, *, case_id: UUID, by: CallerEmployee, at: datetime) -> Case:
    """Send a draft to its participants."""
    case = await lock_case_to_change(session, by, case_id)
    people = await list_participants(session, case)
    contents = case.contents()
    for item in await list_items(session, case):
        contents += item.contents()
    # A version that was replaced before was part of the draft.
    files = [each for each in await list_files_of(session, case) if each.replaced_by is None]
    for file in files:
        contents += file.contents()
    approvals, entry = await _send(session, case, people, contents, by=actor_of(by), at=at)
    if case.type == "approval" and not case.statement and not any(each.is_document for each in files):
        raise InvalidRequest(errors=[NOTHING_TO_APPROVE])
    # Each of them must still be able to receive it. A refusal here undoes the sending.
    contact_ids = [each.contact_id for each in people if each.contact_id]
    await list_recipients(session, case.bureau_id, case.customer_id, contact_ids)
    session.add_all([*approvals, entry])
    return case


async def _send(
    session: AsyncSession,
    case: Case,
    people: Sequence[Participant],
    contents: Sequence[Content],
    *,
    by: Actor,
    at: datetime,
) -> tuple[list[Approval], Entry]:
    """Returns the approvals that are asked for and the entry for the timeline, which the caller stores."""
    previous = case.take("send", at=at)
    if not people:
        raise NoParticipants
    case.changed(at=at, news_from="bureau")
    to = [each.user_id for each in people]
    facts = {"to": to, "status": case.status}
    entry = Entry.next_of(case, action="sent", by=by, at=at, facts=facts, contents=contents)
    approvals = [Approval.asked_of(case, user_id) for user_id in to] if case.type == "approval" else []
    kinds: list[type[CaseEvent]] = [CaseSent, ApprovalRequested] if approvals else [CaseSent]
    await announce(session, case, *kinds, by=by, previous=previous, to=to)
    return approvals, entry


async def _lock_assignee(session: AsyncSession, draft: Draft, parties: Parties, by: Caller) -> UUID:
    """Whoever the case is given to, or follows it, stays at the bureau until the case is there: deactivating
    the person waits, and then moves the case too. Raises EmployeeInactive."""
    assignee_id = draft.assignee_id
    if assignee_id is None:
        if not isinstance(by, CallerEmployee):
            return await lock_owner(session, parties.bureau_id, parties.responsible_id)
        assignee_id = by.employee_id
    # A template may name others than those whom the parties hold already.
    named = {assignee_id, *draft.follower_ids} - parties.held
    if named:
        await lock_active_colleagues(session, parties.bureau_id, named)
    return assignee_id


async def _filled_in(
    session: AsyncSession, draft: Draft, template_id: UUID, parties: Parties, *, at: datetime
) -> Draft:
    filled = await get_filled(
        session,
        parties.bureau_id,
        template_id,
        customer_id=parties.customer_id,
        customer_name=parties.customer_name,
        people=parties.recipients,
        language=draft.language,
        period=draft.period,
        due_on=draft.due_on,
        at=at,
    )
    return draft.filled_from(filled)


async def _parties_of_employee(
    session: AsyncSession, draft: Draft, by: CallerEmployee, *, at: datetime
) -> Parties:
    holder_id = draft.assignee_id or by.employee_id
    named = {employee_id: f"follower_ids.{place}" for place, employee_id in enumerate(draft.follower_ids)}
    if draft.assignee_id:
        named[draft.assignee_id] = "assignee_id"
    parties = await lock_parties(
        session,
        by,
        by.bureau_id,
        draft.customer_id,
        contact_ids=draft.participant_ids,
        employee_ids={*named, holder_id},
        at=at,
    )
    for employee_id, field in named.items():
        with named_in(field):
            parties.require_active(employee_id)
    # The news of who calls may still be on its way.
    if holder_id in parties.held:
        parties.require_active(holder_id)
    return parties


async def _parties_of_member(
    session: AsyncSession, draft: Draft, by: CallerMember, *, at: datetime
) -> Parties:
    """The member's bureau, with the employee whom the member names. Raises InvalidRequest for others."""
    collaboration = await _chosen_collaboration(session, draft, by)
    bureau_id, employee_id = collaboration.bureau_id, draft.assignee_id
    await set_tenant(session, bureau_id)
    named = {employee_id} if employee_id else set()
    parties = await lock_parties(session, by, bureau_id, collaboration.customer_id, employee_ids=named, at=at)
    if employee_id is not None:
        # A member is not told which employees exist, other than those who have written to them.
        with named_in("employee_id"):
            if await find_case_from(session, by, bureau_id, employee_id) is None:
                raise NotFound("employee")
            parties.require_active(employee_id)
    writer = Recipient(by.user_id, None, name=by.name, email=by.email, member_name=by.name)
    return replace(parties, recipients=[writer])


async def _chosen_collaboration(session: AsyncSession, draft: Draft, by: CallerMember) -> Collaboration:
    """The account's only collaboration, or the one that the draft names by its bureau or customer."""
    if draft.account_id not in (None, by.account_id):
        raise NotFound("account")
    found = [
        each
        for each in await list_collaborations(session, by.account_id)
        if draft.bureau_id in (None, each.bureau_id) and draft.customer_id in (None, each.customer_id)
    ]
    if not found and (draft.bureau_id or draft.customer_id):
        raise NotFound("customer" if draft.customer_id else "bureau")
    if not found:
        raise NoCollaboration
    if len(found) > 1:
        raise SeveralCollaborations
    return found[0]
