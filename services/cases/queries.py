"""Cases that the caller may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.parties.tables import Collaboration
from services.cases.tables import OPEN, Case, Participant, ReadMark
from shared.callers import CallerEmployee, CallerMember
from shared.clock import stockholm_date
from shared.database.keyset import PageRequest, keyset
from shared.database.walls import set_tenant
from shared.errors import NotFound
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
class Listed:
    case: Case
    unread: bool


def visible(caller: CallerEmployee | CallerMember) -> ColumnElement[bool]:
    """An employee sees the bureau's cases; a member those sent to them, an administrator the account's."""
    if isinstance(caller, CallerEmployee):
        return Case.bureau_id == caller.bureau_id
    takes_part = (
        select(Participant.case_id)
        .where(Participant.case_id == Case.id, Participant.user_id == caller.user_id)
        .exists()
    )
    open_to_account = and_(literal(caller.role == "administrator"), Case.private_to_participants.is_(False))
    return and_(
        Case.account_id == caller.account_id, Case.sent_at.is_not(None), or_(takes_part, open_to_account)
    )


async def case_for(
    session: AsyncSession, caller: CallerEmployee | CallerMember, case_id: UUID, *, lock: bool = False
) -> Case:
    """The case, if the caller may see it, else NotFound. A member enters the case's bureau by it."""
    wanted = select(Case).where(Case.id == case_id, visible(caller))
    case = (await session.scalars(wanted)).one_or_none()
    if case is None:
        raise NotFound("case")
    await set_tenant(session, case.bureau_id)
    return await locked_case(session, case.bureau_id, case_id) if lock else case


async def locked_case(session: AsyncSession, bureau_id: UUID, case_id: UUID) -> Case:
    """Changes of one case wait for each other; each sees what the one before made of it."""
    wanted = select(Case).where(Case.bureau_id == bureau_id, Case.id == case_id).with_for_update()
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one()


async def list_cases(
    session: AsyncSession,
    caller: CallerEmployee | CallerMember,
    filters: Filters,
    paging: PageRequest,
    *,
    at: datetime,
) -> Sequence[Listed]:
    """Newest change first."""
    wanted = _with_mark(select(Case, _unread(caller)), caller).where(*_matching(filters, caller, at))
    rows = await session.execute(keyset(wanted, paging, Case.updated_at, Case.id, descending=True))
    return [Listed(case, unread) for case, unread in rows]


async def count_cases(
    session: AsyncSession, caller: CallerEmployee | CallerMember, *, at: datetime
) -> Sequence[Any]:
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


async def participants_of(session: AsyncSession, case: Case) -> Sequence[Participant]:
    wanted = select(Participant).where(
        Participant.bureau_id == case.bureau_id, Participant.case_id == case.id
    )
    return (await session.scalars(wanted.order_by(Participant.user_id))).all()


async def read_version(session: AsyncSession, case: Case, user_id: UUID) -> int:
    """The version that this person has read; 0 before the first time."""
    wanted = select(ReadMark.version).where(
        ReadMark.bureau_id == case.bureau_id, ReadMark.case_id == case.id, ReadMark.user_id == user_id
    )
    return await session.scalar(wanted) or 0


async def cases_to_hand_over(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Sequence[Case]:
    """Not yet ended cases that the employee holds or follows, locked."""
    wanted = (
        select(Case)
        .where(
            Case.bureau_id == bureau_id,
            Case.status.not_in(("closed", "cancelled")),
            or_(Case.assignee_id == employee_id, Case.follower_ids.contains([employee_id])),
        )
        .order_by(Case.id)
        .with_for_update()
    )
    return (await session.scalars(wanted)).all()


async def had_case_from(
    session: AsyncSession, caller: CallerMember, bureau_id: UUID, *, employee_id: UUID, user_id: UUID
) -> bool:
    wanted = select(Case.id).where(
        Case.bureau_id == bureau_id,
        or_(Case.assignee_id == employee_id, Case.created_by == user_id),
        visible(caller),
    )
    return (await session.scalars(wanted.limit(1))).first() is not None


async def collaborations_of(session: AsyncSession, account_id: UUID) -> Sequence[Collaboration]:
    """The account's open ones, with all bureaus. The end of an earlier one may still be on its way."""
    wanted = select(Collaboration).where(
        Collaboration.account_id == account_id, Collaboration.ended_at.is_(None)
    )
    newest = {
        (each.bureau_id, each.customer_id): each
        for each in await session.scalars(wanted.order_by(Collaboration.id))
    }
    return list(newest.values())


def _with_mark(wanted: Select[*tuple[Any, ...]], caller: CallerEmployee | CallerMember) -> Select[Any]:
    mine = and_(ReadMark.case_id == Case.id, ReadMark.user_id == caller.user_id)
    marked: Select[Any] = wanted.select_from(Case).outerjoin(ReadMark, mine)
    return marked


def _unread(caller: CallerEmployee | CallerMember) -> ColumnElement[bool]:
    news = Case.changed_by_customer if isinstance(caller, CallerEmployee) else Case.changed_by_bureau
    return news > func.coalesce(ReadMark.version, 0)


def _overdue(at: datetime) -> ColumnElement[bool]:
    return and_(Case.status.in_(OPEN), func.coalesce(Case.due_on < stockholm_date(at), False))


def _matching(
    filters: Filters, caller: CallerEmployee | CallerMember, at: datetime
) -> list[ColumnElement[bool]]:
    conditions: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
        "status": Case.status.in_,
        "type": lambda kind: Case.type == kind,
        "customer": lambda id: Case.customer_id == id,
        "assignee": lambda id: Case.assignee_id == id,
        "unread": lambda wanted: _unread(caller) if wanted else ~_unread(caller),
        "overdue": lambda wanted: _overdue(at) if wanted else ~_overdue(at),
        "waiting_for": lambda side: Case.status == f"waiting_for_{side}",
        # Labels are the bureau's own: a member's filter on one finds nothing.
        "label": lambda label: (
            Case.labels.contains([label]) if isinstance(caller, CallerEmployee) else ~true()
        ),
        "q": lambda words: Case.subject.icontains(words, autoescape=True),
        "updated_since": lambda moment: Case.updated_at >= moment,
    }
    asked = ((name, getattr(filters, name)) for name in conditions)
    return [visible(caller), *(conditions[name](value) for name, value in asked if value not in (None, []))]


async def resolved_before(session: AsyncSession, at: datetime) -> Sequence[Any]:
    """(bureau, case) across bureaus, for the worker; the oldest thousand."""
    wanted = select(Case.bureau_id, Case.id).where(Case.status == "resolved", Case.resolved_at < at)
    return (await session.execute(wanted.order_by(Case.resolved_at).limit(1000))).all()
