"""Telling the others: the events of a case, and whom they concern."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases import queries
from services.cases.actors import Actor
from services.cases.parties.queries import customer_of, employee_of
from services.cases.tables import Case
from shared.bus import outbox
from shared.errors import NotFound
from shared.events.cases import CaseEvent, CaseStatusChanged, Status


async def announce(
    session: AsyncSession,
    case: Case,
    *kinds: type[CaseEvent],
    by: Actor,
    previous: Status | None = None,
    to: Sequence[UUID] | None = None,
    **facts: Any,
) -> None:
    """Publish these kinds, and the change of status where there was one. `to` instead of the other side."""
    recipients = await other_side(session, case, by) if to is None else to
    common = {
        "bureau_id": case.bureau_id,
        "sequence": case.version,
        "case_id": case.id,
        "customer_id": case.customer_id,
        "number": case.number,
        "case_type": case.type,
        "status": case.status,
        "account_id": case.account_id,
        "by": by.side,
        "actor_id": by.user_id,
        "recipient_ids": list(recipients),
    }
    outbox.add(session, *(kind(**common, **facts) for kind in kinds))
    if previous is not None and previous != case.status:
        outbox.add(session, CaseStatusChanged(**common, previous=previous))


async def other_side(session: AsyncSession, case: Case, by: Actor) -> list[UUID]:
    """The participants of a sent case; or the assignee and followers, else the customer's responsible."""
    if by.side == "bureau":
        if case.sent_at is None:
            return []
        return [each.user_id for each in await queries.participants_of(session, case)]
    employees = {*case.follower_ids, *([case.assignee_id] if case.assignee_id else [])}
    if not employees:
        employees = {(await customer_of(session, case.bureau_id, case.customer_id)).responsible_id}
    return [
        user_id
        for employee_id in sorted(employees)
        for user_id in await users_of(session, case.bureau_id, employee_id)
    ]


async def users_of(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> list[UUID]:
    """The person to tell: nobody, where the employee has left or is not known here yet."""
    try:
        employee = await employee_of(session, bureau_id, employee_id)
    except NotFound:
        return []
    return [employee.user_id] if employee.active else []
