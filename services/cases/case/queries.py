"""Cases that the caller may see, and those that the caller may change, locked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, any_, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.cases.case.actors import Caller
from services.cases.case.errors import NotAParticipant, NotYourCustomer
from services.cases.case.tables import OPEN, Case, Participant, ReadMark
from services.cases.copies.errors import EmployeeInactive
from services.cases.copies.queries import (
    get_customer,
    get_open_collaboration,
    has_contact,
    require_writable,
)
from services.cases.copies.tables import READABLE, Collaboration, Contact, Employee, Member
from shared.callers import CallerEmployee, CallerMember
from shared.clock import stockholm_date
from shared.database.keyset import PageRequest, keyset
from shared.database.walls import set_tenant
from shared.errors import found
from shared.events.cases import CaseType, Side, Status


@dataclass(frozen=True)
class Filters:
    status: Sequence[Status] = field(default_factory=list)
    type: CaseType | None = None
    customer: UUID | None = None
    assignee: UUID | None = None
    unread: bool | None = None
    overdue: bool | None = None
    waiting_for: Side | None = None
    label: str | None = None
    q: str | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True)
class ListedCase:
    case: Case
    unread: bool


def visible(caller: Caller) -> ColumnElement[bool]:
    """An employee sees the bureau's cases. A member always sees their own; while among the customer's
    contacts at the bureau also those that were sent to them, and an administrator of the account its others
    that are not private."""
    if isinstance(caller, CallerEmployee):
        return Case.bureau_id == caller.bureau_id
    own = and_(Case.created_by == caller.user_id, Case.created_by_side == "customer")
    takes_part = (
        select(Participant.case_id)
        .where(Participant.case_id == Case.id, Participant.user_id == caller.user_id)
        .exists()
    )
    open_to_account = and_(literal(caller.role == "administrator"), Case.private_to_participants.is_(False))
    return and_(
        Case.account_id == caller.account_id,
        Case.sent_at.is_not(None),
        _readable_to_account(),
        or_(own, and_(has_contact(Case.bureau_id, Case.customer_id), or_(takes_part, open_to_account))),
    )


def _readable_to_account() -> ColumnElement[bool]:
    """While the collaboration is open, and for READABLE after its end."""
    # The offset keeps PostgreSQL from joining the collaborations first: it would then read and sort all cases
    # of the account for each page of the list, instead of following the index of the newest change.
    return (
        select(Collaboration.collaboration_id)
        .where(
            Collaboration.bureau_id == Case.bureau_id,
            Collaboration.customer_id == Case.customer_id,
            Collaboration.account_id == Case.account_id,
            or_(Collaboration.active, Collaboration.ended_at > func.now() - READABLE),
        )
        .offset(0)
        .exists()
    )


async def get_case(session: AsyncSession, caller: Caller, case_id: UUID) -> Case:
    """The case if the caller may see it, else NotFound. A member's transaction enters the case's bureau."""
    case = found(
        (await session.scalars(select(Case).where(Case.id == case_id, visible(caller)))).one_or_none(), "case"
    )
    await set_tenant(session, case.bureau_id)
    return case


async def lock_case(session: AsyncSession, caller: Caller, case_id: UUID) -> Case:
    """As `get_case`. Changes of one case wait for each other, and each sees what the last one did."""
    case = await get_case(session, caller, case_id)
    return await lock_case_of(session, case.bureau_id, case_id)


async def lock_case_of(session: AsyncSession, bureau_id: UUID, case_id: UUID) -> Case:
    """The case itself, for jobs, which act for no caller."""
    wanted = select(Case).where(Case.bureau_id == bureau_id, Case.id == case_id).with_for_update()
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one()


async def lock_case_to_change(session: AsyncSession, caller: Caller, case_id: UUID) -> Case:
    """An employee with limited customers changes cases of their own customers, and those that they hold or
    follow. Raises NotYourCustomer; FeatureNotBought and CustomerInactive where cases can only be read."""
    case, by_bureau = await lock_case(session, caller, case_id), isinstance(caller, CallerEmployee)
    if isinstance(caller, CallerEmployee) and caller.employee_id not in (
        case.assignee_id,
        *case.follower_ids,
    ):
        customer = await get_customer(session, case.bureau_id, case.customer_id)
        if not caller.may_work_with(
            responsible_id=customer.responsible_id, participant_ids=customer.participant_ids
        ):
            raise NotYourCustomer
    await require_writable(session, case.bureau_id, case.customer_id, by_bureau=by_bureau)
    return case


async def lock_case_to_answer(session: AsyncSession, caller: Caller, case_id: UUID) -> Case:
    """As `lock_case_to_change`, for the dialogue itself. Raises NoCollaboration where that has ended."""
    case = await lock_case_to_change(session, caller, case_id)
    await get_open_collaboration(session, case.bureau_id, case.customer_id)
    return case


async def lock_case_to_answer_as_participant(
    session: AsyncSession, caller: CallerMember, case_id: UUID
) -> Case:
    """For answers that each participant gives in person. Raises NotAParticipant."""
    case = await lock_case_to_answer(session, caller, case_id)
    if caller.user_id not in {each.user_id for each in await list_participants(session, case)}:
        raise NotAParticipant
    return case


async def list_participants(session: AsyncSession, case: Case) -> Sequence[Participant]:
    wanted = select(Participant).where(
        Participant.bureau_id == case.bureau_id, Participant.case_id == case.id
    )
    return (await session.scalars(wanted.order_by(Participant.user_id))).all()


async def list_reachable(session: AsyncSession, case: Case) -> Sequence[UUID]:
    """Those who see the case now, and so can answer it and be told of it: its author and its participants,
    without those who have left the account or are no longer among the customer's contacts."""
    takes_part = select(Participant.user_id).where(
        Participant.bureau_id == case.bureau_id,
        Participant.case_id == case.id,
        Participant.user_id == Member.user_id,
    )
    wanted = select(Member.user_id).where(
        is_reachable(case.account_id, case.bureau_id, case.customer_id, case.author_id),
        or_(Member.user_id == case.author_id, takes_part.exists()),
    )
    return (await session.scalars(wanted.order_by(Member.user_id))).all()


def is_reachable(account_id: Any, bureau_id: Any, customer_id: Any, author_id: Any) -> ColumnElement[bool]:
    """Whether a `Member` sees a case of this account and customer that is written by this author, if named in
    it: while at the account, the author always, others while among the customer's contacts."""
    listed = select(Contact.contact_id).where(
        Contact.bureau_id == bureau_id,
        Contact.customer_id == customer_id,
        Contact.email == Member.email,
        Contact.active.is_(True),
    )
    return and_(
        Member.account_id == account_id,
        Member.active.is_(True),
        or_(Member.user_id == author_id, listed.exists()),
    )


async def lock_colleagues(
    session: AsyncSession, bureau_id: UUID, employee_ids: Collection[UUID], *, to_leave: bool = False
) -> dict[UUID, Employee]:
    """Those of them that are known here. Whoever gives them a case locks them before the case, and whoever
    lets one leave (`to_leave`) before that person's cases: so the second always sees what the first did."""
    wanted = Employee.employee_id == any_(literal(sorted(employee_ids), ARRAY(Uuid())))
    locked = select(Employee).where(Employee.bureau_id == bureau_id, wanted).order_by(Employee.employee_id)
    rows = await session.scalars(
        locked.with_for_update(read=not to_leave).execution_options(populate_existing=True)
    )
    return {each.employee_id: each for each in rows}


async def lock_active_colleagues(
    session: AsyncSession, bureau_id: UUID, employee_ids: Collection[UUID]
) -> None:
    """As `lock_colleagues`. Raises EmployeeInactive for those who have left."""
    for employee in (await lock_colleagues(session, bureau_id, employee_ids)).values():
        if not employee.active:
            raise EmployeeInactive(name=employee.name)


async def lock_owner(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> UUID:
    """The employee, or of one who has left, whoever took over: else the colleague who is here longest. News
    of the customer's next responsible may still be on its way."""
    passed: set[UUID] = set()
    while employee_id not in passed:
        passed.add(employee_id)
        employee = (await lock_colleagues(session, bureau_id, [employee_id])).get(employee_id)
        if employee is None or employee.active:
            break
        employee_id = employee.successor_id or await _find_colleague(session, bureau_id) or employee_id
    return employee_id


async def _find_colleague(session: AsyncSession, bureau_id: UUID) -> UUID | None:
    active = select(Employee.employee_id).where(Employee.bureau_id == bureau_id, Employee.active)
    return (await session.scalars(active.order_by(Employee.employee_id).limit(1))).first()


async def list_cases(
    session: AsyncSession,
    caller: Caller,
    filters: Filters,
    paging: PageRequest,
    *,
    at: datetime,
) -> Sequence[ListedCase]:
    """The newest change that the caller sees first."""
    wanted = _with_mark(select(Case, _unread(caller)), caller).where(*_matching(filters, caller, at))
    rows = await session.execute(keyset(wanted, paging, _updated(caller), Case.id, descending=True))
    return [ListedCase(case, unread) for case, unread in rows]


async def count_cases(session: AsyncSession, caller: Caller, *, at: datetime) -> Sequence[Any]:
    """(status, number, unread, overdue) for each status that there is."""
    wanted = _with_mark(
        select(
            Case.status,
            func.count(),
            func.count().filter(_unread(caller)),
            func.count().filter(_overdue(at)),
        ),
        caller,
    )
    counted = await session.execute(wanted.where(visible(caller)).group_by(Case.status))
    return list(counted.all())


def _with_mark(wanted: Select[*tuple[Any, ...]], caller: Caller) -> Select[Any]:
    mine = and_(ReadMark.case_id == Case.id, ReadMark.user_id == caller.user_id)
    marked: Select[Any] = wanted.select_from(Case).outerjoin(ReadMark, mine)
    return marked


def _unread(caller: Caller) -> ColumnElement[bool]:
    news = Case.changed_by_customer if isinstance(caller, CallerEmployee) else Case.changed_by_bureau
    return news > func.coalesce(ReadMark.version, 0)


def _updated(caller: Caller) -> InstrumentedAttribute[datetime]:
    return Case.updated_at if isinstance(caller, CallerEmployee) else Case.shared_updated_at


def _overdue(at: datetime) -> ColumnElement[bool]:
    return and_(Case.status.in_(OPEN), func.coalesce(Case.due_on < stockholm_date(at), False))


def _matching(filters: Filters, caller: Caller, at: datetime) -> list[ColumnElement[bool]]:
    conditions: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
        "status": Case.status.in_,
        "type": lambda kind: Case.type == kind,
        "customer": lambda customer_id: Case.customer_id == customer_id,
        "assignee": lambda assignee_id: Case.assignee_id == assignee_id,
        "unread": lambda wanted: _unread(caller) if wanted else ~_unread(caller),
        "overdue": lambda wanted: _overdue(at) if wanted else ~_overdue(at),
        "waiting_for": lambda side: Case.status == f"waiting_for_{side}",
        # Labels are the bureau's own, so a member's filter on one finds nothing.
        "label": lambda label: (
            Case.labels.contains([label]) if isinstance(caller, CallerEmployee) else ~true()
        ),
        "q": lambda words: Case.subject.icontains(words, autoescape=True),
        "updated_since": lambda moment: _updated(caller) >= moment,
    }
    asked = ((name, getattr(filters, name)) for name in conditions)
    return [visible(caller), *(conditions[name](value) for name, value in asked if value not in (None, []))]
