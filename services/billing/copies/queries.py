"""What can be known of bureaus now, and of their customers at any moment, from the recorded history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.copies.tables import BUYER, Bureau
from shared.events.identity import BureauStatus

_BILLABLE = text("select count(*) from customers_at(:bureau, :before) where active and kind = 'company'")
# `since` is the first moment of the inactive rows that no active row follows.
_CUSTOMERS = text(
    """
    select distinct on (customer_id) customer_id, number, name, kind, active,
        min(at) filter (where sequence > last_active) over (partition by customer_id) as since
    from (
        select *,
            coalesce(max(sequence) filter (where active) over (partition by customer_id), 0) as last_active
        from customer_history
        where bureau_id = :bureau and at < :before
    ) known
    order by customer_id, sequence desc
    """
)


@dataclass(frozen=True)
class KnownCustomer:
    """A customer at some moment; `since` is when it became inactive, if it was so then."""

    customer_id: UUID
    number: str
    name: str
    kind: str
    active: bool
    since: datetime | None

    @property
    def billable(self) -> bool:
        """Whether it is paid for: active, and no private individual."""
        return self.active and self.kind == "company"


async def count_billable(session: AsyncSession, bureau_id: UUID, *, before: datetime) -> int:
    """How many customers the bureau pays for, as they were just before that moment."""
    counted = await session.scalar(_BILLABLE, {"bureau": bureau_id, "before": before})
    return int(counted or 0)


async def list_customers(session: AsyncSession, bureau_id: UUID, *, before: datetime) -> list[KnownCustomer]:
    """The bureau's customers as they were just before that moment, by customer number."""
    rows = await session.execute(_CUSTOMERS, {"bureau": bureau_id, "before": before})
    known = [KnownCustomer(*row) for row in rows]
    return sorted(known, key=lambda each: (len(each.number), each.number))


async def find_status(session: AsyncSession, bureau_id: UUID) -> BureauStatus | None:
    """None of a bureau that is not known yet."""
    return await session.scalar(select(Bureau.status).where(Bureau.bureau_id == bureau_id))


async def list_buyers(session: AsyncSession, bureau_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """By bureau, what an invoice says of its buyer; a bureau that is not known yet is left out."""
    # Columns, not rows: a month's billing makes no object for each bureau that it does not need.
    bureaus: Any = Bureau.__table__
    wanted = select(bureaus.c.bureau_id, *(bureaus.c[name] for name in BUYER))
    of_these = bureaus.c.bureau_id == func.any(bindparam("bureaus", type_=ARRAY(Uuid())))
    rows = await session.execute(wanted.where(of_these), {"bureaus": bureau_ids})
    return {row[0]: dict(zip(BUYER, row[1:], strict=True)) for row in rows}
