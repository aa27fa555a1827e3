import logging
import unicodedata
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.cases.approvals.commands import void_approvals
from services.cases.approvals.errors import DocumentsChanged
from services.cases.case.actors import Actor, Caller, actor_of
from services.cases.case.errors import CaseNotOpen
from services.cases.case.news import announce
from services.cases.case.queries import lock_case_to_answer
from services.cases.case.tables import Case
from services.cases.files.queries import list_documents
from services.cases.files.tables import File
from services.cases.items.queries import get_item
from services.cases.timeline.commands import record
from services.cases.uploads.errors import FileInfected
from services.cases.uploads.upload import Upload
from shared.errors import FieldError, InvalidRequest, named_in
from shared.events.cases import FileAdded, FileQuarantined
from shared.ids import uuid7
from shared.kill_points import kill_point

log = logging.getLogger("arende.uploads")


async def add_file(
    session: AsyncSession,
    *,
    case_id: UUID,
    upload: Upload,
    by: Caller,
    at: datetime,
) -> File:
    """A new version of a document of an approval replaces it and voids what was decided; the same file again
    changes nothing. The timeline names the file by its id and hash: a name may be personal data that must be
    erasable."""
    case, actor = await lock_case_to_answer(session, by, case_id), actor_of(by)
    if case.status in ("closed", "cancelled"):
        raise CaseNotOpen(status_now=case.status, allowed_transitions=case.allowed_transitions())
    if upload.virus is not None:
        await _refuse_infected(session, case, by=actor, virus=upload.virus)
    if upload.item_id is not None:
        with named_in("item_id"):
            await get_item(session, case, upload.item_id)
    former = await _former_versions(session, case, upload, actor)
    for each in former:
        if (each.name, each.sha256) == (upload.name, upload.incoming.sha256):
            return each
    file = _file_of(case, upload, by=actor, at=at)
    upload.incoming.claimed = True
    session.add(file)
    case.changed(at=at, news_from=actor.side if case.sent_at else None)
    facts: dict[str, Any] = {"file_id": file.id, "sha256": file.sha256, "item_id": file.item_id}
    if former:
        facts["replaces"] = [each.id for each in former]
    for each in former:
        each.replaced_by = file.id
    contents = file.contents()
    record(session, case=case, action="file_added", by=actor, at=at, facts=facts, contents=contents)
    await announce(session, case, FileAdded, by=actor, file_id=file.id)
    if case.type == "approval" and actor.side == "bureau":
        await void_approvals(session, case=case, by=actor, at=at)
    kill_point("upload-claimed")
    return file


async def _refuse_infected(session: AsyncSession, case: Case, *, by: Actor, virus: str) -> NoReturn:
    facts = {"case_id": case.id, "user_id": by.user_id, "virus": virus}
    log.warning("a file is infected", extra={"facts": facts})
    await announce(session, case, FileQuarantined, by=by)
    raise FileInfected


def _file_of(case: Case, upload: Upload, *, by: Actor, at: datetime) -> File:
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
        side=by.side,
        added_by=by.user_id,
        added_at=at,
    )


async def _former_versions(session: AsyncSession, case: Case, upload: Upload, by: Actor) -> list[File]:
    """The documents of an approval that the file takes the place of: the one that was named, and what has its
    name. Raises InvalidRequest, and DocumentsChanged where the named one is not current."""
    if case.type != "approval" or by.side != "bureau":
        if upload.replaces is not None:
            wrong = FieldError(
                "replaces",
                "wrong_case_type",
                en="Leave it out: only the bureau's documents in an approval have versions.",
                sv="Utelämna det: bara byråns dokument i ett godkännande har versioner.",
            )
            raise InvalidRequest(errors=[wrong])
        return []
    documents, name = await list_documents(session, case), _comparable(upload.name)
    if upload.replaces is not None and upload.replaces not in {each.id for each in documents}:
        raise DocumentsChanged(documents=[each.as_document() for each in documents])
    return [each for each in documents if each.id == upload.replaces or _comparable(each.name) == name]


def _comparable(name: str) -> str:
    """Systems write the same name in different ways."""
    return unicodedata.normalize("NFC", name).casefold()
