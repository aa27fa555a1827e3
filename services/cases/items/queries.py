from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.tables import Case
from services.cases.items.tables import Item
from shared.errors import found


async def list_items(session: AsyncSession, case: Case) -> Sequence[Item]:
    wanted = select(Item).where(Item.bureau_id == case.bureau_id, Item.case_id == case.id)
    return (await session.scalars(wanted.order_by(Item.position))).all()


async def get_item(session: AsyncSession, case: Case, item_id: UUID) -> Item:
    wanted = select(Item).where(Item.bureau_id == case.bureau_id, Item.case_id == case.id, Item.id == item_id)
    return found((await session.scalars(wanted)).one_or_none(), "item")
