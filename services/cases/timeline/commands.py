from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.actors import Actor
from services.cases.tables import Case
from services.cases.timeline.tables import Entry

NO_FACTS: Mapping[str, Any] = {}


async def record(
    session: AsyncSession,
    case: Case,
    *,
    action: str,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] = NO_FACTS,
    internal: bool = False,
) -> None:
    """Add to the case's chain. The caller holds the case's row lock, so positions have no gaps."""
    session.add(entry_of(case, action=action, by=by, at=at, facts=facts, internal=internal))


def entry_of(
    case: Case,
    *,
    action: str,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] = NO_FACTS,
    internal: bool = False,
) -> Entry:
    """The next of the case's chain, which must be stored with the case."""
    entry = Entry(
        case_id=case.id,
        position=case.timeline_length + 1,
        bureau_id=case.bureau_id,
        at=at,
        action=action,
        side=by.side,
        user_id=by.user_id,
        facts=to_jsonable_python(dict(facts)),
        internal=internal,
    )
    entry.hash = entry.hash_after(case.timeline_hash)
    case.timeline_length, case.timeline_hash = entry.position, entry.hash
    return entry
