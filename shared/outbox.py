"""Publishing: `add` in the transaction of the change; the relay sends later what was committed."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Event
from shared.tables import outbox
from shared.telemetry import current_traceparent


def add(session: AsyncSession, *events: Event) -> None:
    """Publish these events if, and only if, this transaction commits."""
    session.info.setdefault("outbox", []).extend(_stamped(session, event) for event in events)


async def write(session: AsyncSession) -> bool:
    """The rows of all that was added, in one statement before the commit; False if nothing was."""
    events: list[Event] = session.info.pop("outbox", [])
    if events:
        rows = [{"event_id": each.id, "type": each.type, "body": each.to_wire()} for each in events]
        await session.execute(insert(outbox).values(rows))
    return bool(events)


def _stamped(session: AsyncSession, event: Event) -> Event:
    cause = session.info.get("cause")
    stamp = {"traceparent": current_traceparent(), **(vars(cause) if cause else {})}
    return event.model_copy(
        update={name: value for name, value in stamp.items() if getattr(event, name) is None}
    )
