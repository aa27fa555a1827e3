"""Keeping what partners may read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.partners.documents import partner_document
from services.notifications.partners.tables import PartnerEvent
from shared.events import Event

KEPT_FOR: Final = timedelta(days=30)
_ONE_AT_A_TIME: Final = 7310


async def keep_events(session: AsyncSession, events: Sequence[Event]) -> None:
    """Positions are given one transaction at a time, until its end: a slow one's are never passed by."""
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
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
