"""Publishing: `add` in the transaction of the change; the relay sends later what was committed."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Event
from shared.tables import outbox
from shared.telemetry import current_traceparent

# PostgreSQL takes 32,767 parameters in one statement, and a row has three.
_STATEMENT = 5000


def add(session: AsyncSession, *events: Event) -> None:
    """Publish these events if, and only if, this transaction commits."""
    session.info.setdefault("outbox", []).extend(_stamped(session, event) for event in events)


async def write(session: AsyncSession) -> bool:
    """The rows of all that was added, just before the commit; False if nothing was."""
    events: list[Event] = session.info.pop("outbox", [])
    rows = [{"event_id": each.id, "type": each.type, "body": each.to_wire()} for each in events]
    for start in range(0, len(rows), _STATEMENT):
        await session.execute(insert(outbox).values(rows[start : start + _STATEMENT]))
    return bool(events)


def _stamped(session: AsyncSession, event: Event) -> Event:
    cause = session.info.get("cause")
    stamp = {"traceparent": current_traceparent(), **(vars(cause) if cause else {})}
    return event.model_copy(
        update={name: value for name, value in stamp.items() if getattr(event, name) is None}
    )
