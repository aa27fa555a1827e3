"""Telling the others: the events of a case, and whom they concern."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Actor
from services.cases.case.queries import list_reachable
from services.cases.case.tables import Case
from services.cases.copies.queries import get_customer, list_users_of
from shared.bus import outbox
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
    """Publish an event of each of these kinds, and the change of status where it differs from `previous`.

    `to` are the users whom it concerns; without it, those on the other side of who did it. `facts` are the
    fields that the kinds have beside those of every case event.
    """
    recipients = await _other_side(session, case, by) if to is None else to
    common = {
        **case_facts(case),
        "by": by.side,
        "actor_id": by.user_id,
        "recipient_ids": list(recipients),
    }
    outbox.add(session, *(kind(**common, **facts) for kind in kinds))
    if previous is not None and previous != case.status:
        outbox.add(session, CaseStatusChanged(**common, previous=previous))


def case_facts(case: Case) -> dict[str, Any]:
    """What every event of a case tells of it."""
    return {
        "bureau_id": case.bureau_id,
        "sequence": case.version,
        "case_id": case.id,
        "customer_id": case.customer_id,
        "number": case.number,
        "case_type": case.type,
        "status": case.status,
        "account_id": case.account_id,
        "assignee_id": case.assignee_id,
        "author_id": case.author_id,
    }


async def _other_side(session: AsyncSession, case: Case, by: Actor) -> list[UUID]:
    """The participants of a sent case who see it; at the bureau, the assignee and followers, or else the
    employee who is responsible for the customer."""
    if by.side == "bureau":
        if case.sent_at is None:
            return []
        return list(await list_reachable(session, case))
    employees = {*case.follower_ids, *([case.assignee_id] if case.assignee_id else [])}
    if not employees:
        employees = {(await get_customer(session, case.bureau_id, case.customer_id)).responsible_id}
    return await list_users_of(session, case.bureau_id, sorted(employees))
