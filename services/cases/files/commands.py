import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.actors import actor_of
from services.cases.announcing import announce
from services.cases.answers.commands import void_approvals
from services.cases.answers.queries import get_item
from services.cases.errors import CaseNotOpen
from services.cases.files.receiving import Upload
from services.cases.files.tables import File
from services.cases.rights import case_to_answer
from services.cases.tables import Case
from services.cases.timeline.commands import record
from shared.callers import CallerEmployee, CallerMember
from shared.events.cases import FileAdded
from shared.ids import uuid7


async def add_file(
    session: AsyncSession,
    case_id: UUID,
    *,
    upload: Upload,
    by: CallerEmployee | CallerMember,
    at: datetime,
) -> File:
    """The trail names the file by id and hash: its name may hold what must be possible to erase."""
    case, actor = await case_to_answer(session, by, case_id), actor_of(by)
    if case.status in ("closed", "cancelled"):
        raise CaseNotOpen(status_now=case.status, allowed_transitions=case.allowed_transitions())
    if upload.item_id is not None:
        await get_item(session, case, upload.item_id)
    file = _file(case, upload)
    file.side, file.added_by, file.added_at = actor.side, actor.user_id, at
    session.add(file)
    case.changed(at=at, news_from=actor.side if case.sent_at else None)
    facts = {"file_id": file.id, "sha256": file.sha256, "item_id": file.item_id}
    await record(session, case, action="file_added", by=actor, at=at, facts=facts)
    await announce(session, case, FileAdded, by=actor, file_id=file.id)
    if case.type == "approval" and actor.side == "bureau":
        await void_approvals(session, case, at=at, by=actor)
    await asyncio.to_thread(upload.incoming.keep)
    return file


def _file(case: Case, upload: Upload) -> File:
    return File(
        id=uuid7(),
        bureau_id=case.bureau_id,
        account_id=case.account_id,
        case_id=case.id,
        item_id=upload.item_id,
        name=upload.name,
        size=upload.incoming.size,
        sha256=upload.incoming.sha256,
        content_type=upload.content_type,
        storage_key=upload.incoming.key,
    )
