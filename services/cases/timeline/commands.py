from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Actor
from services.cases.case.tables import Case
from services.cases.timeline.tables import NO_FACTS, Entry


def record(
    session: AsyncSession,
    *,
    case: Case,
    action: str,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] = NO_FACTS,
    internal: bool = False,
) -> None:
    """Add an entry to the case's timeline. The caller holds the lock of the case's row."""
    session.add(Entry.next_of(case, action=action, by=by, at=at, facts=facts, internal=internal))
