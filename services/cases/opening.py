"""Opening a case: from the bureau to a customer, or from a member to the bureau."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases import queries
from services.cases.actors import Actor, actor_of
from services.cases.announcing import announce
from services.cases.answers.commands import new_items, pending
from services.cases.commands import (
    add_participants,
    next_number,
    participant_of,
    require_active,
    tell_of_sending,
)
from services.cases.details import Details, details_of
from services.cases.drafting import Content, content_of, missing
from services.cases.errors import FieldNotYours, NoParticipants, SeveralCollaborations
from services.cases.gathering import Gathered, gather
from services.cases.parties.errors import NoCollaboration
from services.cases.parties.queries import customer_of, employee_of
from services.cases.parties.tables import Collaboration
from services.cases.schemas import NewCase
from services.cases.storing import store
from services.cases.tables import Case
from services.cases.timeline.commands import entry_of, record
from services.cases.timeline.tables import Entry
from shared.callers import CallerEmployee, CallerMember
from shared.database.walls import set_tenant
from shared.errors import NotFound
from shared.events.cases import CaseCreated, CaseSent
from shared.ids import uuid7

OF_MEMBERS = {"account_id", "bureau_id", "employee_id"}
FOR_MEMBERS = OF_MEMBERS | {"customer_id", "subject", "body", "send"}


async def create_case(
    session: AsyncSession, *, wanted: NewCase, by: CallerEmployee | CallerMember, at: datetime
) -> Details:
    if isinstance(by, CallerMember):
        answerable = {"type"} if wanted.type == "question" else set()
        _refuse_fields(wanted, wanted.model_fields_set - FOR_MEMBERS - answerable)
        case = await ask_bureau(session, wanted=wanted, by=by, at=at)
        return await details_of(session, case, reader_id=by.user_id)
    _refuse_fields(wanted, wanted.model_fields_set & OF_MEMBERS)
    return await open_case(session, wanted=wanted, by=by, at=at)


async def open_case(session: AsyncSession, *, wanted: NewCase, by: CallerEmployee, at: datetime) -> Details:
    if wanted.customer_id is None:
        raise missing(["customer_id"])
    named = {*wanted.follower_ids, *([wanted.assignee_id] if wanted.assignee_id else [])}
    known = await gather(
        session, by, wanted.customer_id, contact_ids=wanted.participant_ids, employee_ids=named, at=at
    )
    content = await content_of(
        session,
        by.bureau_id,
        wanted,
        customer_name=known.customer_name,
        recipients=known.recipients,
        at=at,
    )
    for employee_id in named:
        known.require_active(employee_id)
    if content.assignee_id and content.assignee_id not in named:
        await require_active(session, by.bureau_id, content.assignee_id)
    case = _case(wanted, content, known, by=by, at=at)
    people = [participant_of(case, each.user_id, each.contact_id) for each in known.recipients]
    people.sort(key=lambda each: each.user_id)
    names = {each.user_id: each.member_name for each in known.recipients}
    opened = Details(case, people=people, names=names, items=new_items(case, content.items))
    actor, facts = actor_of(by), {"number": case.number, "type": case.type}
    entries = [entry_of(case, action="created", by=actor, at=at, facts=facts)]
    await announce(session, case, CaseCreated, by=actor, to=[])
    if wanted.send:
        opened = await _send(session, opened, entries, by=actor, at=at)
    await store(session, [case, *people, *opened.items, *opened.approvals, *entries])
    return opened


async def _send(
    session: AsyncSession, opened: Details, entries: list[Entry], *, by: Actor, at: datetime
) -> Details:
    """As the command of that name, of a case whose people were all looked at in this transaction."""
    case, people = opened.case, [each.user_id for each in opened.people]
    previous = case.take("send", at=at)
    if not people:
        raise NoParticipants
    approvals = [pending(case, user_id) for user_id in people] if case.type == "approval" else []
    entries.append(await tell_of_sending(session, case, people, previous=previous, by=by, at=at))
    return replace(opened, approvals=approvals)


async def ask_bureau(session: AsyncSession, *, wanted: NewCase, by: CallerMember, at: datetime) -> Case:
    """A question to an employee from whom the member has had a case, or to the customer's responsible."""
    if wanted.subject is None or wanted.body is None:
        raise missing([name for name in ("subject", "body") if getattr(wanted, name) is None])
    if wanted.account_id not in (None, by.account_id):
        raise NotFound("account")
    collaboration = await _collaboration(session, wanted, by)
    bureau_id, actor = collaboration.bureau_id, actor_of(by)
    await set_tenant(session, bureau_id)
    assignee_id = wanted.employee_id
    if assignee_id is None:
        assignee_id = (await customer_of(session, bureau_id, collaboration.customer_id)).responsible_id
    else:
        await _require_known(session, by, bureau_id, assignee_id)
    case = Case(
        id=uuid7(),
        bureau_id=bureau_id,
        customer_id=collaboration.customer_id,
        account_id=by.account_id,
        number=await next_number(session, bureau_id, at),
        type="question",
        subject=wanted.subject,
        body=wanted.body,
        assignee_id=assignee_id,
        follower_ids=[],
        created_by_side="customer",
        created_by=by.user_id,
        **_fresh(at),
    )
    case.start_with_bureau(at=at)
    case.changed_by_customer = case.version
    session.add(case)
    add_participants(session, case, {by.user_id: None})
    await record(session, case, action="created", by=actor, at=at, facts={"number": case.number})
    await announce(session, case, CaseCreated, CaseSent, by=actor)
    return case


async def _require_known(session: AsyncSession, by: CallerMember, bureau_id: UUID, employee_id: UUID) -> None:
    """An employee from whom the member has had a case; of the others a member is told nothing."""
    employee = await employee_of(session, bureau_id, employee_id)
    if not await queries.had_case_from(
        session, by, bureau_id, employee_id=employee_id, user_id=employee.user_id
    ):
        raise NotFound("employee")
    await require_active(session, bureau_id, employee_id)


async def _collaboration(session: AsyncSession, wanted: NewCase, by: CallerMember) -> Collaboration:
    """The only one, or the one that the bureau or the customer names."""
    found = [
        each
        for each in await queries.collaborations_of(session, by.account_id)
        if wanted.bureau_id in (None, each.bureau_id) and wanted.customer_id in (None, each.customer_id)
    ]
    if not found and (wanted.bureau_id or wanted.customer_id):
        raise NotFound("customer")
    if not found:
        raise NoCollaboration
    if len(found) > 1:
        raise SeveralCollaborations
    return found[0]


def _refuse_fields(wanted: NewCase, names: set[str]) -> None:
    given = sorted(name for name in names if getattr(wanted, name) not in (None, [], False))
    if given:
        raise FieldNotYours(fields=", ".join(given))


def _case(wanted: NewCase, content: Content, known: Gathered, *, by: CallerEmployee, at: datetime) -> Case:
    return Case(
        id=uuid7(),
        bureau_id=by.bureau_id,
        customer_id=wanted.customer_id,
        account_id=known.account_id,
        number=known.number,
        type=content.type,
        subject=content.subject,
        body=content.body,
        statement=wanted.statement if content.type == "approval" else None,
        approval_rule=content.approval_rule,
        must_acknowledge=content.must_acknowledge,
        private_to_participants=wanted.private_to_participants,
        created_by_side="bureau",
        created_by=by.user_id,
        assignee_id=content.assignee_id or by.employee_id,
        follower_ids=list(dict.fromkeys(wanted.follower_ids)),
        due_on=content.due_on,
        priority=content.priority,
        labels=wanted.labels,
        template_id=wanted.template_id,
        period=wanted.period,
        **_fresh(at),
    )


def _fresh(at: datetime) -> dict[str, object]:
    """What the rules reckon with before the row is stored."""
    return {
        "status": "draft",
        "created_at": at,
        "updated_at": at,
        "version": 1,
        "waiting_for_customer_seconds": 0,
        "waiting_for_bureau_seconds": 0,
        "changed_by_bureau": 0,
        "changed_by_customer": 0,
        "timeline_length": 0,
        "timeline_hash": "",
    }
