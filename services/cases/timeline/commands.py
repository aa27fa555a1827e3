from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Actor
from services.cases.case.contents import Content
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
    contents: Iterable[Content] = (),
    internal: bool = False,
) -> None:
    """Add an entry to the case's timeline. The caller holds the lock of the case's row.

    `contents` are the texts and files that were written or changed: the entry tells of them by their digests,
    so that a later change behind the product's back is found.
    """
    session.add(
        Entry.next_of(case, action=action, by=by, at=at, facts=facts, contents=contents, internal=internal)
    )
