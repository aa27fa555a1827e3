"""Keeping what partners may read of what has happened."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.partner_feed import queries
from services.notifications.partner_feed.documents import partner_document
from services.notifications.partner_feed.tables import PartnerEvent
from shared.events import Event

KEPT_FOR: Final = timedelta(days=30)


async def keep_events(session: AsyncSession, *, events: Sequence[Event]) -> None:
    await queries.lock_positions(session)
    rows = []
    for event in sorted(events, key=lambda each: (each.time, each.id)):
        document = partner_document(event)
        rows.append(
            {
                "bureau_id": event.tenant,
                "id": event.id,
                "type": event.type,
                "time": event.time,
                "subject": document["subject"],
                "customer_id": document.get("customerid"),
                "document": document,
            }
        )
    await session.execute(insert(PartnerEvent).values(rows).on_conflict_do_nothing())


async def forget_events(session: AsyncSession) -> None:
    await session.execute(delete(PartnerEvent).where(PartnerEvent.kept_at < func.now() - KEPT_FOR))
