"""Changing what a case says, and marking it as read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.case.actors import Actor, Caller, actor_of
from services.cases.case.contents import Content
from services.cases.case.errors import wrong_type
from services.cases.case.news import announce
from services.cases.case.queries import lock_case, lock_case_to_change
from services.cases.case.tables import Case, ReadMark
from services.cases.detail.errors import NotDraft
from services.cases.detail.queries import get_read_version
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee
from shared.errors import InvalidRequest
from shared.events.cases import CaseChanged, CaseRead
from shared.versions import SeenVersion

IN_DRAFTS_ONLY = ("subject", "body", "statement")
# A change of these in a sent case is news to the customer.
SHOWN = ("due_on", "priority")
INTERNAL = ("labels",)


async def change_case(
    session: AsyncSession,
    *,
    case_id: UUID,
    changes: Mapping[str, Any],
    seen: SeenVersion,
    by: CallerEmployee,
    at: datetime,
) -> Case:
    """What has been sent is never altered, so subject, text and statement change in drafts only."""
    case, actor = await lock_case_to_change(session, by, case_id), actor_of(by)
    seen.require(case.version)
    changed = {name: value for name, value in changes.items() if value != getattr(case, name)}
    if not changed:
        return case
    if case.status != "draft" and not changed.keys().isdisjoint(IN_DRAFTS_ONLY):
        raise NotDraft
    if changed.get("statement") and case.type != "approval":
        raise InvalidRequest(errors=[wrong_type("statement")])
    earlier = {name: getattr(case, name) for name in changed}
    for name, value in changed.items():
        setattr(case, name, value)
    news = case.status != "draft" and not changed.keys().isdisjoint(SHOWN)
    own = changed.keys() <= set(INTERNAL)
    case.changed(at=at, news_from="bureau" if news else None, internal=own)
    _record_change(session, case, earlier, by=actor, at=at)
    await announce(session, case, CaseChanged, by=actor, to=None if news else [])
    return case


def _record_change(
    session: AsyncSession, case: Case, earlier: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    for internal in (False, True):
        facts = {name: value for name, value in earlier.items() if (name in INTERNAL) is internal}
        if facts:
            record(
                session,
                case=case,
                action="changed",
                by=by,
                at=at,
                facts={"earlier": facts},
                contents=[
                    Content.of_text(name, getattr(case, name)) for name in IN_DRAFTS_ONLY if name in facts
                ],
                internal=internal,
            )


async def mark_case_read(session: AsyncSession, *, case_id: UUID, by: Caller, at: datetime) -> Case:
    """The other side is told only where there was something unread."""
    case, actor = await lock_case(session, by, case_id), actor_of(by)
    unread = case.news_for(actor.side) > await get_read_version(session, case, by.user_id)
    mark = insert(ReadMark).values(
        case_id=case.id, user_id=by.user_id, bureau_id=case.bureau_id, version=case.shared_version, read_at=at
    )
    await session.execute(
        mark.on_conflict_do_update(
            index_elements=[ReadMark.case_id, ReadMark.user_id],
            set_={"version": mark.excluded.version, "read_at": mark.excluded.read_at},
            where=ReadMark.version < mark.excluded.version,
        )
    )
    if unread:
        record(session, case=case, action="read", by=actor, at=at, facts={"version": case.shared_version})
        await announce(session, case, CaseRead, by=actor, time=at)
    return case
