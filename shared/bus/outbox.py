"""Publishing: `add` in the transaction of the change; the relay sends later what was committed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.last_writes import LastWrite, before_commit
from shared.events import Event
from shared.telemetry import current_traceparent

# One statement for any number of rows, prepared once; their positions keep the order of the calls.
_WRITE = (
    "insert into outbox (event_id, type, body)"
    " select event_id, type, body from unnest(cast(:ids as uuid[]), cast(:types as text[]),"
    " cast(:bodies as bytea[])) with ordinality as added (event_id, type, body, number) order by number"
)

_LONGER = text("select exists (select from outbox offset :most)")


def add(session: AsyncSession, *events: Event) -> None:
    """Publish these events if, and only if, this transaction commits."""
    cause = session.info.get("cause")
    known = {"traceparent": current_traceparent(), **(vars(cause) if cause else {})}
    stamp = {name: value for name, value in known.items() if value is not None}
    if events:
        session.info.setdefault("outbox", []).extend(_stamped(event, stamp) for event in events)
        before_commit(session, write)


async def is_longer_than(session: AsyncSession, most: int) -> bool:
    """Whether more than `most` events wait to be sent."""
    return bool(await session.scalar(_LONGER, {"most": most}))


def write(session: AsyncSession) -> LastWrite:
    """The rows of all events that were added to this transaction."""
    events: list[Event] = session.info.pop("outbox", [])
    columns = {
        "ids": [event.id for event in events],
        "types": [event.type for event in events],
        "bodies": [event.to_wire() for event in events],
    }
    return LastWrite(_WRITE, columns)


def _stamped(event: Event, stamp: Mapping[str, Any]) -> Event:
    missing = {name: value for name, value in stamp.items() if getattr(event, name) is None}
    return event.model_copy(update=missing) if missing else event
