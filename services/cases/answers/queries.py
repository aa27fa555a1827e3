from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.answers.tables import Acknowledgement, Approval, Item
from services.cases.tables import Case
from shared.errors import NotFound


async def items_of(session: AsyncSession, case: Case) -> Sequence[Item]:
    wanted = select(Item).where(Item.bureau_id == case.bureau_id, Item.case_id == case.id)
    return (await session.scalars(wanted.order_by(Item.position))).all()


async def get_item(session: AsyncSession, case: Case, item_id: UUID) -> Item:
    for item in await items_of(session, case):
        if item.id == item_id:
            return item
    raise NotFound("item")


async def approvals_of(session: AsyncSession, case: Case, *, voided: bool = True) -> Sequence[Approval]:
    wanted = select(Approval).where(Approval.bureau_id == case.bureau_id, Approval.case_id == case.id)
    if not voided:
        wanted = wanted.where(Approval.voided_at.is_(None))
    return (await session.scalars(wanted.order_by(Approval.id))).all()


async def acknowledgements_of(session: AsyncSession, case: Case) -> Sequence[Acknowledgement]:
    wanted = select(Acknowledgement).where(
        Acknowledgement.bureau_id == case.bureau_id, Acknowledgement.case_id == case.id
    )
    return (await session.scalars(wanted.order_by(Acknowledgement.at))).all()
