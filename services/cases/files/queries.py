from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.cases.case.actors import Caller
from services.cases.case.queries import get_case, visible
from services.cases.case.tables import Case
from services.cases.files.tables import File
from shared.callers import CallerEmployee
from shared.database.keyset import PageRequest, keyset
from shared.errors import found


async def list_files_of(session: AsyncSession, case: Case) -> Sequence[File]:
    """All files of a case, in the order in which they came."""
    wanted = select(File).where(File.bureau_id == case.bureau_id, File.case_id == case.id)
    return (await session.scalars(wanted.order_by(File.id))).all()


async def list_documents(session: AsyncSession, case: Case) -> Sequence[File]:
    """What an approval asks to agree to: the bureau's files, each in its newest version."""
    return [each for each in await list_files_of(session, case) if each.is_document]


async def list_files(
    session: AsyncSession, caller: Caller, case_id: UUID, paging: PageRequest
) -> tuple[Case, Sequence[File]]:
    """The case, and those of its files that the caller may see, oldest first."""
    case = await get_case(session, caller, case_id)
    wanted = select(File).where(File.bureau_id == case.bureau_id, File.case_id == case.id)
    wanted = wanted.where(_shown(caller, sent_at=case.sent_at))
    return case, (await session.scalars(keyset(wanted, paging, File.id))).all()


async def get_file(session: AsyncSession, caller: Caller, file_id: UUID) -> File:
    """A file of a case that the caller may see, else NotFound."""
    wanted = select(File).join(Case, Case.id == File.case_id).where(File.id == file_id, visible(caller))
    wanted = wanted.where(_shown(caller, sent_at=Case.sent_at))
    return found((await session.scalars(wanted)).one_or_none(), "file")


def _shown(caller: Caller, *, sent_at: Any) -> ColumnElement[bool]:
    """A version that was replaced before the sending was part of the draft, which a member never sees."""
    if isinstance(caller, CallerEmployee):
        return true()
    newer = aliased(File)
    replaced = select(newer.id).where(newer.id == File.replaced_by, newer.added_at < sent_at)
    return ~replaced.exists()


async def list_stored(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Those of the storage keys that files of any bureau have; only the worker sees them all."""
    return set(await session.scalars(select(File.storage_key).where(File.storage_key.in_(keys))))
