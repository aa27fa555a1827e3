from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.queries import is_reachable
from services.cases.case.tables import OPEN, Case, Participant
from services.cases.copies.tables import Member

PAGE = 100


async def lock_cases_of_employee(session: AsyncSession, bureau_id: UUID, employee_id: UUID) -> Sequence[Case]:
    """The cases that have not ended and that the employee holds or follows."""
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


def cases_of_customer(bureau_id: UUID, customer_id: UUID) -> ColumnElement[bool]:
    return and_(Case.bureau_id == bureau_id, Case.customer_id == customer_id)


def cases_with_member(account_id: UUID, user_id: UUID) -> ColumnElement[bool]:
    return and_(Participant.account_id == account_id, Participant.user_id == user_id)


async def list_deserted(session: AsyncSession, which: ColumnElement[bool], *, after: UUID) -> Sequence[Any]:
    """(bureau, case) of the next of these cases, by their ids, in which a participant can no longer see the
    case. Drafts are left to their authors, and what has ended stays as it was."""
    author = case((Case.created_by_side == "customer", Case.created_by))
    sees = is_reachable(Case.account_id, Case.bureau_id, Case.customer_id, author)
    present = select(Member.user_id).where(Member.user_id == Participant.user_id, sees)
    wanted = (
        select(Case.bureau_id, Case.id)
        .join(Participant, Participant.case_id == Case.id)
        .where(which, Case.id > after, Case.status.in_((*OPEN, "resolved")), ~present.exists())
    )
    return (await session.execute(wanted.distinct().order_by(Case.id).limit(PAGE))).all()
