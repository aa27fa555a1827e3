"""Keeping the copies, in whichever order the events come. They span bureaus, so only the worker may."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.copies.tables import BUYER, Bureau, CustomerState
from shared.addresses import normalised
from shared.database.copies import keep_newer
from shared.events.identity import BureauEvent, CustomerEvent


async def keep_bureaus(session: AsyncSession, *, events: Sequence[BureauEvent]) -> None:
    rows = (
        {
            **{name: getattr(event, name) for name in BUYER},
            "bureau_id": event.tenant,
            "email": normalised(event.email),
            "status": event.status,
            "sequence": event.sequence,
        }
        for event in events
    )
    await keep_newer(session, Bureau, rows)


async def keep_history(session: AsyncSession, *, events: Sequence[CustomerEvent]) -> None:
    """Adds one row for each customer and sequence. A state that is told twice counts from the earlier time,
    so that the order in which events come makes no difference."""
    told: dict[tuple[UUID, int], CustomerEvent] = {}
    for event in sorted(events, key=lambda each: each.time, reverse=True):
        told[event.customer_id, event.sequence] = event
    statement = insert(CustomerState).values([_state(told[key]) for key in sorted(told)])
    fresh = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["bureau_id", "customer_id", "sequence"],
            set_={"at": fresh.at, "recorded_at": func.now()},
            where=fresh.at < CustomerState.at,
        )
    )


def _state(event: CustomerEvent) -> dict[str, object]:
    return {
        "bureau_id": event.tenant,
        "customer_id": event.customer_id,
        "sequence": event.sequence,
        "at": event.time,
        "kind": event.kind,
        "active": event.active,
        "number": event.number,
        "name": event.name,
    }
