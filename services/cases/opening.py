"""Opening a case: from the bureau to a customer, or from a member to the bureau."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases import queries
from services.cases.actors import actor_of
from services.cases.announcing import announce
from services.cases.answers.commands import add_items
from services.cases.commands import add_participants, next_number, require_active, send
from services.cases.drafting import Content, content_of, missing
from services.cases.errors import FieldNotYours, SeveralCollaborations
from services.cases.parties.errors import NoCollaboration
from services.cases.parties.queries import customer_of, employee_of, open_collaboration, recipients
from services.cases.parties.tables import Collaboration
from services.cases.rights import require_customer
from services.cases.schemas import NewCase
from services.cases.tables import Case
from services.cases.timeline.commands import record
from shared.auth import CallerEmployee, CallerMember
from shared.db import set_tenant
from shared.errors import NotFound
from shared.events.cases import CaseCreated, CaseSent
from shared.ids import uuid7

OF_MEMBERS = {"account_id", "bureau_id", "employee_id"}
FOR_MEMBERS = OF_MEMBERS | {"customer_id", "subject", "body", "send"}


async def create_case(
    session: AsyncSession, *, wanted: NewCase, by: CallerEmployee | CallerMember, at: datetime
) -> Case:
    if isinstance(by, CallerMember):
        answerable = {"type"} if wanted.type == "question" else set()
        _refuse_fields(wanted, wanted.model_fields_set - FOR_MEMBERS - answerable)
        return await ask_bureau(session, wanted=wanted, by=by, at=at)
    _refuse_fields(wanted, wanted.model_fields_set & OF_MEMBERS)
    return await open_case(session, wanted=wanted, by=by, at=at)


async def open_case(session: AsyncSession, *, wanted: NewCase, by: CallerEmployee, at: datetime) -> Case:
    if wanted.customer_id is None:
        raise missing(["customer_id"])
    customer = await customer_of(session, by.bureau_id, wanted.customer_id)
    await require_customer(session, by, customer.id)
    collaboration = await open_collaboration(session, by.bureau_id, customer.id)
    people = await recipients(session, by.bureau_id, customer.id, wanted.participant_ids)
    content = await content_of(
        session, by.bureau_id, wanted, customer_name=customer.name, recipients=people, at=at
    )
    for employee_id in {*wanted.follower_ids, *([content.assignee_id] if content.assignee_id else [])}:
        await require_active(session, by.bureau_id, employee_id)
    case = _case(wanted, content, await next_number(session, by.bureau_id, at), by=by, at=at)
    case.customer_id, case.account_id = customer.id, collaboration.account_id
    session.add(case)
    add_participants(session, case, {each.user_id: each.contact_id for each in people})
    add_items(session, case, content.items)
    actor, facts = actor_of(by), {"number": case.number, "type": case.type}
    await record(session, case, action="created", by=actor, at=at, facts=facts)
    await announce(session, case, CaseCreated, by=actor)
    if wanted.send:
        await send(session, case, by=actor, at=at)
    return case


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


def _case(wanted: NewCase, content: Content, number: str, *, by: CallerEmployee, at: datetime) -> Case:
    return Case(
        id=uuid7(),
        bureau_id=by.bureau_id,
        number=number,
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
